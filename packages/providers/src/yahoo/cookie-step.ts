// One answer on the way to a cookie, told apart by status and address: pure, so that recordings can be read by it.
import { type ConsentForm, consentForm } from './consent.ts'

export type CookieStep =
  | { step: 'redirect'; to: string }
  | { step: 'consent'; form: ConsentForm | null }
  | { step: 'arrived' }
  | { step: 'crumb'; crumb: string }
  | { step: 'refused_crumb'; reason: CrumbFault }

export type CrumbFault = 'empty' | 'a web page' | 'too many requests' | 'not a crumb'

export interface StepAnswer {
  status: number
  path: string
  location: string | null
  text: string
}

export function cookieStep({ status, path, location, text }: StepAnswer): CookieStep {
  if (status >= 300 && status < 400 && location) return { step: 'redirect', to: location }
  if (path.endsWith('/getcrumb')) {
    const fault = crumbFault(text)
    return fault ? { step: 'refused_crumb', reason: fault } : { step: 'crumb', crumb: text.trim() }
  }
  if (path.includes('collectConsent')) return { step: 'consent', form: consentForm(text) }
  return { step: 'arrived' }
}

/** Why a body is no crumb; null for the eleven or so characters that are one. ranaroussi/yfinance#2441 */
export function crumbFault(text: string): CrumbFault | null {
  const crumb = text.trim()
  if (crumb === '') return 'empty'
  if (/too many requests/i.test(crumb)) return 'too many requests'
  if (crumb.includes('<')) return 'a web page'
  return /^[^\s{}]{1,64}$/.test(crumb) ? null : 'not a crumb'
}
