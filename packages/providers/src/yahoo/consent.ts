// The page that Yahoo puts between Europeans and its cookies: a form to agree to, found by its field names.

export interface ConsentForm {
  fields: Record<string, string>
}

const TAG = /<input\b[^>]*>/gi
const ATTRIBUTE = /([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g

/** The hidden fields of the consent form; null when the page holds no such form. */
export function consentForm(html: string): ConsentForm | null {
  const fields: Record<string, string> = {}
  for (const [tag] of html.matchAll(TAG)) {
    const attributes = new Map(
      [...tag.matchAll(ATTRIBUTE)].map((m) => [
        m[1]!.toLowerCase(),
        unescapeHtml(m[2] ?? m[3] ?? m[4] ?? ''),
      ]),
    )
    const name = attributes.get('name')
    if (name && attributes.get('type') === 'hidden') fields[name] = attributes.get('value') ?? ''
  }
  return fields.csrfToken && fields.sessionId ? { fields } : null
}

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x2F': '/',
  '#x3D': '=',
}

const unescapeHtml = (text: string): string =>
  text.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)

/** What a browser sends when its user agrees. */
export const agreeTo = ({ fields }: ConsentForm): URLSearchParams =>
  new URLSearchParams({ ...fields, agree: 'agree' })
