# SPDX-License-Identifier: LGPL-3.0-or-later
# A RADIUS server that knows dora's one-time password, on the server's own
# loopback.  Sourced.

# radius_start DIR PASSWORD: its secret is in DIR/secret.
radius_start()
{
    local dir=$1 password=$2

    mkdir -p "$dir"
    random_word >"$dir/secret"
    cat >"$dir/radiusd.conf" <<-CONF
	prefix = /usr
	raddbdir = $dir
	libdir = /usr/lib/freeradius
	logdir = $dir
	run_dir = $dir
	pidfile = $dir/pid
	log {
	    destination = files
	    file = $dir/log
	    auth = yes
	}
	security {
	    allow_vulnerable_openssl = yes
	}
	thread pool {
	}
	modules {
	    files {
	        filename = $dir/users
	    }
	    pap {
	    }
	}
	client localhost {
	    ipaddr = 127.0.0.1
	    secret = $(<"$dir/secret")
	}
	server default {
	    listen {
	        type = auth
	        ipaddr = 127.0.0.1
	        port = 1812
	    }
	    authorize {
	        files
	        pap
	    }
	    authenticate {
	        Auth-Type PAP {
	            pap
	        }
	    }
	}
	CONF
    echo "dora Cleartext-Password := \"$password\"" >"$dir/users"
    spawn "${in_server[@]}" freeradius -f -d "$dir" -n radiusd
    daemon_ready freeradius "$dir/log" radius_ready
}

# UDP port 1812, in hexadecimal.
radius_ready()
{
    "${in_server[@]}" grep -q ':0714 ' /proc/self/net/udp
}
