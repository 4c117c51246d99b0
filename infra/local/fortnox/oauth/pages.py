"""The pages a person sees at Fortnox: login, company, consent. Swedish, as there."""

from __future__ import annotations

from collections.abc import Container, Iterable
from html import escape

from infra.local.fortnox.answers import Answer
from infra.local.fortnox.model import Company
from infra.local.fortnox.scopes import DESCRIPTIONS

_STYLE = """
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#eef3ef;color:#1d2b24;
font:16px/1.5 system-ui,sans-serif}
main{background:#fff;width:min(28rem,calc(100vw - 2rem));padding:2rem;border-radius:.75rem;
box-shadow:0 1px 4px #0002}
h1{font-size:1.3rem;margin:0 0 .5rem}p{margin:.5rem 0}small{color:#5b6b62}
label{display:block;margin:1rem 0}input[type=text],input[type=password]{display:block;width:100%;
padding:.6rem;font:inherit;border:1px solid #9db0a5;border-radius:.4rem}
.company{border:1px solid #cfdbd4;border-radius:.4rem;padding:.6rem;margin:.5rem 0}
button{font:inherit;padding:.6rem 1.2rem;border-radius:.4rem;border:1px solid #1b6b44;background:#1b6b44;color:#fff;
cursor:pointer}button.plain{background:#fff;color:#1b6b44}.row{display:flex;gap:.75rem;margin-top:1.25rem}
.error{color:#a4141e}footer{margin-top:1.5rem;border-top:1px solid #e3ebe6;padding-top:.75rem}
"""
_PAGE = """<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} · Fortnox (simulator)</title><style>{style}</style></head>
<body><main><h1>{title}</h1>{content}<footer><small>Fortnox-simulator för utveckling. Inte Fortnox.</small></footer>
</main></body></html>
"""


def login(action: str, app: str, *, wrong: bool = False) -> Answer:
    """Show the login form."""
    error = '<p class="error" role="alert">Fel användarnamn eller lösenord.</p>' if wrong else ""
    content = f"""<p>Logga in för att ansluta <strong>{escape(app)}</strong>.</p>{error}
<form method="post" action="{escape(action)}"><input type="hidden" name="step" value="login">
<label>Användarnamn <input type="text" name="username" autocomplete="username" autofocus required></label>
<label>Lösenord <input type="password" name="password" autocomplete="current-password" required></label>
<button>Logga in</button></form>"""
    return _page("Logga in", content, 401 if wrong else 200)


def choose(action: str, app: str, user: str, companies: Iterable[Company], unlicensed: Container[int]) -> Answer:
    """Show the company chooser of an agency (byrå), or of anybody else with several companies."""
    options = "".join(
        f'<label class="company"><input type="radio" name="company" value="{each.number}" required> '
        f"{escape(each.name)} <small>{escape(each.org_number)}"
        f"{', saknar integrationslicens' if each.number in unlicensed else ''}</small></label>"
        for each in companies
    )
    content = f"""<p>Vilket företag ska <strong>{escape(app)}</strong> anslutas till?</p>
<form method="post" action="{escape(action)}"><input type="hidden" name="step" value="company">{options}
<div class="row"><button>Fortsätt</button></div></form>{_logout(action, user)}"""
    return _page("Välj företag", content)


def consent(action: str, app: str, user: str, company: Company, scopes: Iterable[str], *, service: bool) -> Answer:
    """Show the consent: which app may do what in which company, and as whom."""
    whom = "ett servicekonto för hela företaget" if service else f"dig ({escape(user)}), med dina rättigheter"
    items = "".join(
        f"<li>{escape(DESCRIPTIONS.get(scope, scope))} <small>{escape(scope)}</small></li>" for scope in scopes
    )
    content = f"""<p><strong>{escape(app)}</strong> vill läsa och skriva i
<strong>{escape(company.name)}</strong> <small>{escape(company.org_number)}</small>:</p><ul>{items}</ul>
<p>Integrationen arbetar som {whom}.</p>
<form method="post" action="{escape(action)}"><input type="hidden" name="step" value="consent">
<input type="hidden" name="company" value="{company.number}"><div class="row">
<button name="answer" value="approve">Godkänn</button>
<button class="plain" name="answer" value="deny">Avbryt</button></div></form>{_logout(action, user)}"""
    return _page("Godkänn anslutningen", content)


def problem(title: str, text: str) -> Answer:
    """Show a page that leads nowhere, since there is no address to be trusted with the error."""
    return _page(title, f"<p>{escape(text)}</p>", 400)


def _logout(action: str, user: str) -> str:
    return f"""<form method="post" action="{escape(action)}"><input type="hidden" name="step" value="logout">
<p><small>Inloggad som {escape(user)}.</small> <button class="plain">Byt användare</button></p></form>"""


def _page(title: str, content: str, status: int = 200) -> Answer:
    text = _PAGE.format(title=escape(title), style=_STYLE, content=content)
    return Answer(status, text.encode(), "text/html; charset=UTF-8", {"Cache-Control": "no-store"})
