"""What a user of the generated client writes: `client_program.py ADDRESS FOLDER-OF-THE-CLIENT HEADERS`."""

import json
import sys
import uuid

sys.path.insert(0, sys.argv[2])

from payments_client import Client, models
from payments_client.api.default import (
    find_payment,
    forget_session,
    head_live,
    head_ready,
    is_live,
    is_ready,
    keep_session,
    pay,
    read_session,
)


def payment(**changed: object) -> models.NewPayment:
    whole = {
        "amount_minor": 10**12,
        "currency": models.Currency.EUR,
        "debtor": "Zo\u00eb \u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        "creditor": "Grace",
    }
    return models.NewPayment(**whole | changed)


def main() -> None:
    key, session_id = f"client-{uuid.uuid4()}", f"session-{uuid.uuid4()}"
    new_session = models.NewSession(data=models.SessionData.from_dict({"cart": "7"}))
    with Client(base_url=sys.argv[1], headers=json.loads(sys.argv[3])) as client:
        paid = pay.sync_detailed(client=client, body=payment(), idempotency_key=key)
        seen = {
            "paid": paid.parsed,
            "again": pay.sync(client=client, body=payment(), idempotency_key=f'"{key}"'),
            "found": find_payment.sync(paid.parsed.payment_id, client=client),
            "reused": pay.sync(client=client, body=payment(amount_minor=1), idempotency_key=key),
            "refused": pay.sync(client=client, body=payment(debtor="\u3164"), idempotency_key=key),
            "missing": find_payment.sync(str(uuid.uuid4()), client=client),
            "kept": keep_session.sync(session_id, client=client, body=new_session),
            "read": read_session.sync(session_id, client=client),
        }
        forget_session.sync_detailed(session_id, client=client)
        seen["gone"] = read_session.sync(session_id, client=client)
        seen |= {"live": is_live.sync(client=client), "ready": is_ready.sync(client=client)}
        heads = [head.sync_detailed(client=client).status_code for head in (head_live, head_ready)]
    told = {name: answer.to_dict() for name, answer in seen.items()}
    sys.stdout.write(json.dumps(told | {"heads": heads, "location": paid.headers["Location"]}))


if __name__ == "__main__":
    main()
