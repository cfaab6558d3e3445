#!/bin/bash
# First boot of an instance: fetch the bundle, prove that it is the one, run it as a service without root's rights.
# Names between at signs are filled in by lib/user_data.py. What an image must bring: docs/webapp.md.
# The unit is a package of apps, which answers /health/live.
set -euo pipefail
root=$(printenv INSTANCE_ROOT || true)
port=$(printenv PORT_@port@ || echo @port@)
home=$root/opt/@unit@
metadata=$(printenv AWS_EC2_METADATA_SERVICE_ENDPOINT || echo http://169.254.169.254)
python=$(command -v python3.13 || command -v python3.12 || command -v python3.11 || true)
if [ -z "$python" ]; then
  dnf install --assumeyes --quiet python3.13
  python=$(command -v python3.13)
fi
export AWS_REGION=@region@ AWS_DEFAULT_REGION=@region@
# By default one second without an answer of the metadata service means no credentials, and no boot.
export AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5

mkdir -p "$home" "$root/etc/systemd/system"
aws s3api get-object --bucket @bucket@ --key @key@ --version-id "@object@" "$home/bundle.zip" > /dev/null
"$python" - "$home" @sha256@ <<'END'
import hashlib, pathlib, sys, zipfile
home, wanted = pathlib.Path(sys.argv[1]), sys.argv[2]
found = hashlib.sha256((home / "bundle.zip").read_bytes()).hexdigest()
if found != wanted:
    sys.exit(f"the bundle is {found}, not {wanted}: nothing is run")
zipfile.ZipFile(home / "bundle.zip").extractall(home / "app")
END

cat > "$root/etc/systemd/system/@unit@.service" <<END
[Unit]
Description=@unit@
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=$python -m apps.@unit@
WorkingDirectory=$home/app
Environment=AWS_REGION=@region@
Environment=AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5
Environment=PARAMETER_PREFIX=@prefix@
Environment=BUNDLE_VERSION=@version@
Environment=SCHEME=@scheme@
Environment=PORT=$port
Environment=PYTHONDONTWRITEBYTECODE=1
Environment=@environment@
DynamicUser=yes
NoNewPrivileges=yes
ProtectHome=yes
ProtectSystem=strict
CapabilityBoundingSet=
Restart=always
RestartSec=2
TimeoutStopSec=30
LimitNOFILE=16384

[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload
systemctl enable --now @unit@.service

# The launch hook waits for an application that answers; without one the instance is abandoned.
for _ in $(seq 120); do
  if "$python" -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2)' \
      "http://127.0.0.1:$port/health/live" 2>/dev/null; then
    token=$(curl --silent --fail --request PUT "$metadata/latest/api/token" --header "X-aws-ec2-metadata-token-ttl-seconds: 60")
    instance=$(curl --silent --fail "$metadata/latest/meta-data/instance-id" --header "X-aws-ec2-metadata-token: $token")
    aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE \
      --auto-scaling-group-name @group@ --lifecycle-hook-name @hook@ --instance-id "$instance"
    exit 0
  fi
  sleep 1
done
echo "the application did not answer" >&2
exit 1
