// For the tests: signing in to the simulated Schwab.
import type { Answer, Stage } from '../testing.ts'

export interface SignInOptions {
  clientId?: string
  refreshToken?: string
}

export async function postToken(s: Stage, form: Record<string, string>, app = 'app:secret') {
  const answer = await s.simulator.inject({
    method: 'POST',
    url: '/schwab/v1/oauth/token',
    headers: {
      authorization: `Basic ${Buffer.from(app).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams(form).toString(),
  })
  return { status: answer.statusCode, json: JSON.parse(answer.body) as Record<string, string> }
}

export async function tokenOf(s: Stage, o: SignInOptions = {}): Promise<string> {
  const { clientId = 'app', refreshToken = 'R0.demo@' } = o
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
  return (await postToken(s, form, `${clientId}:secret`)).json.access_token!
}

/** Asks as a user who is signed in. */
export async function asker(s: Stage, o: SignInOptions = {}): Promise<(path: string) => Promise<Answer>> {
  const token = await tokenOf(s, o)
  return (path) => s.get(`/schwab${path}`, { authorization: `Bearer ${token}` })
}
