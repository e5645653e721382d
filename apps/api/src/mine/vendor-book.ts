// What this OneTape knows of each vendor: where it is asked, what its credentials are, and whose app a person signs in
// with. In demo a vendor is asked at the addresses that the settings give, never at its own.
import type { HouseSettings, ProviderDefinition, ProviderSetting } from '@onetape/providers'
import { ApiProblem } from '../errors.ts'
import type { VendorField, VendorReport } from './reports.ts'

export interface Vendor {
  definition: ProviderDefinition
  how: VendorReport['how']
  /** What a person fills in. */
  fields: VendorField[]
  baseUrls: Readonly<Record<string, string>>
  /** Keys of the house's app, where a person signs in and the house has one. */
  houseApp: Readonly<Record<string, string>> | null
  /** Why it cannot be asked from here, in one line; null where it can. */
  fault: string | null
}

export interface VendorBook {
  all(): Vendor[]
  find(provider: string): Vendor | null
  /** @throws ApiProblem for a vendor that there is none of, or that cannot be asked from here. */
  usable(provider: string): Vendor
}

export function createVendorBook(o: {
  definitions: readonly ProviderDefinition[]
  settings: HouseSettings
  mode: 'demo' | 'live'
}): VendorBook {
  const byName = new Map(o.definitions.map((definition) => [definition.name, vendorOf(o, definition)]))
  return {
    all: () => [...byName.values()],
    find: (provider) => byName.get(provider) ?? null,
    usable(provider) {
      const vendor = byName.get(provider)
      if (!vendor) {
        const known = [...byName.keys()].join(', ')
        throw new ApiProblem('invalid_request', `provider: is none of ${known}`)
      }
      if (vendor.fault) throw new ApiProblem('invalid_request', vendor.fault)
      return vendor
    },
  }
}

export const vendorReport = ({ definition, how, fields, houseApp }: Vendor): VendorReport => ({
  provider: definition.name,
  label: definition.label,
  how,
  fields,
  tiers: definition.capabilities.tiers.map(({ name, label }) => ({ name, label })),
  houseHasApp: houseApp !== null,
})

function vendorOf(
  { settings, mode }: { settings: HouseSettings; mode: 'demo' | 'live' },
  definition: ProviderDefinition,
): Vendor {
  const given = (role: ProviderSetting['role']): Record<string, string> =>
    Object.fromEntries(
      definition.settings
        .filter((setting) => setting.role === role && settings[setting.env])
        .map(({ field, env }) => [field, settings[env]!]),
    )
  const { signIn } = definition
  const baseUrls = given('baseUrl')
  const house = given('credential')
  const houseApp =
    signIn?.appFields.every((field) => house[field]) === true
      ? Object.fromEntries(signIn.appFields.map((field) => [field, house[field]!]))
      : null
  const fields = fieldsOf(definition, houseApp !== null)
  return {
    definition,
    how: signIn ? 'oauth' : fields.length > 0 ? 'key' : 'none',
    fields,
    baseUrls,
    houseApp,
    fault: faultOf({ definition, mode, baseUrls }),
  }
}

/** With a sign-in at the vendor only what the app needs; the rest comes from there. */
function fieldsOf(
  { settings, capabilities, signIn }: ProviderDefinition,
  houseHasApp: boolean,
): VendorField[] {
  return settings
    .filter(({ role, field }) => role === 'credential' && (!signIn || signIn.appFields.includes(field)))
    .map(({ field, label, secret = false }) => ({
      field,
      label,
      secret,
      required: signIn ? !houseHasApp : capabilities.credentials.includes(field),
    }))
}

function faultOf({
  definition: { label, baseUrls: own, settings },
  mode,
  baseUrls,
}: Pick<Vendor, 'definition' | 'baseUrls'> & { mode: 'demo' | 'live' }): string | null {
  const addresses = settings.filter((s) => s.role === 'baseUrl')
  if (mode === 'demo') {
    const needed = [...Object.keys(own), ...addresses.map((s) => s.field)]
    return needed.every((field) => field in baseUrls) ? null : `${label} is not simulated here.`
  }
  const missing = addresses.filter((s) => s.required && !(s.field in baseUrls)).map((s) => s.env)
  if (missing.length === 0) return null
  return `${label} cannot be asked from here: the operator has to set ${missing.join(' and ')}.`
}
