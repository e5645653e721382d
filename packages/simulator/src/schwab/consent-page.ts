// The page on which a person allows an app or does not: plain, without script, in the light of the browser's choice.

export interface ConsentAsk {
  clientId: string
  redirectUri: string
  state: string | undefined
}

/** @param action Where the answer is sent. */
export function consentPage(action: string, { clientId, redirectUri, state }: ConsentAsk): string {
  const fields = { client_id: clientId, redirect_uri: redirectUri, ...(state === undefined ? {} : { state }) }
  return page(
    'Allow access?',
    `<p>The app <strong>${text(clientId)}</strong> asks to read market data with your account. You will be sent back to
<strong>${text(URL.parse(redirectUri)?.host ?? redirectUri)}</strong>, and asked again in seven days.</p>
<form method="post" action="${text(action)}">
${Object.entries(fields)
  .map(([name, value]) => `<input type="hidden" name="${name}" value="${text(value)}">`)
  .join('\n')}
<label><input type="checkbox" name="delayed" value="1"> I have not signed the exchanges' agreements (prices come 15 minutes late)</label>
<div class="answers">
<button name="answer" value="allow">Allow</button>
<button name="answer" value="deny" class="other">Deny</button>
</div>
</form>`,
  )
}

export const refusedPage = (words: string): string =>
  page('This app cannot be let in', `<p>${text(words)}</p>`)

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · simulated Schwab</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: light-dark(#f3f5f7, #14181c); color: light-dark(#1c232a, #e8ecef); }
main { max-width: 26rem; margin: 1rem; padding: 1.5rem; border: 1px solid light-dark(#cdd4da, #3a434b); border-radius: 10px; background: light-dark(#fff, #1d2329); overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; margin: 0 0 .25rem; }
.note { margin: 0; color: light-dark(#56616b, #a9b4bd); font-size: .875rem; }
label { display: flex; gap: .5rem; align-items: baseline; font-size: .875rem; }
.answers { display: flex; gap: .75rem; margin-top: 1.25rem; }
button { font: inherit; padding: .5rem 1.25rem; border-radius: 6px; border: 1px solid light-dark(#0b5cab, #7db8f0); background: light-dark(#0b5cab, #7db8f0); color: light-dark(#fff, #10161b); cursor: pointer; }
button.other { background: transparent; color: inherit; border-color: light-dark(#8a949d, #7b868f); }
button:focus-visible, input:focus-visible { outline: 3px solid light-dark(#e08a00, #ffb84d); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="note">Simulated Schwab: no real account is behind this page.</p>
${body}
</main>
</body>
</html>
`

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const text = (raw: string): string => raw.replace(/[&<>"']/g, (char) => ENTITIES[char]!)
