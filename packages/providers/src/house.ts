// The house's own sources: every registered provider with the credentials, plan and addresses that its settings name,
// or the reason why it is not connected.
import type { CallBudget } from './call.ts'
import { tierOf } from './capability.ts'
import type { ProviderDefinition, ProviderDeps, ProviderSetting } from './contract.ts'
import type { HouseSettings } from './house-settings.ts'
import type { RoutedSource } from './router/ports.ts'

export interface HouseOptions {
  definitions: readonly ProviderDefinition[]
  settings: HouseSettings
  /**
   * In demo a source is connected only where each of its addresses is given: it must never ask a real vendor, for
   * real prices never enter a demo tape.
   */
  mode: 'demo' | 'live'
  deps: Pick<ProviderDeps, 'fetch' | 'marketClock' | 'wallClock' | 'random' | 'timeoutMs'> & {
    /** The budget of a credential; without it nothing is metered. */
    budgetFor?(credentialId: string): CallBudget
  }
}

/** Budgets and breakers of the house's sources are shared by all processes under this name. */
export const houseCredentialId = (provider: string): string => `${provider}:house`

/** In the order of the definitions. */
export const openHouse = (o: HouseOptions): RoutedSource[] =>
  o.definitions.map((definition) => openSource(o, definition))

function openSource({ settings, mode, deps }: HouseOptions, definition: ProviderDefinition): RoutedSource {
  const { name, capabilities } = definition
  const given = (role: ProviderSetting['role']): Record<string, string> =>
    Object.fromEntries(
      definition.settings.flatMap(({ role: its, field, env }) => {
        const value = settings[env]
        return its === role && value !== undefined && value !== '' ? [[field, value]] : []
      }),
    )
  const credentials = given('credential')
  const baseUrls = given('baseUrl')
  const tier = tierOf(capabilities, given('tier').tier).name
  const missing = [
    ...capabilities.credentials
      .filter((field) => !(field in credentials))
      .map(envOf(definition, 'credential')),
    ...(mode === 'demo' ? addressesOf(definition) : ownAddressesOf(definition))
      .filter((field) => !(field in baseUrls))
      .map(envOf(definition, 'baseUrl')),
  ]
  const credentialId = houseCredentialId(name)
  const source = { name, providerName: name, tier, owner: 'house' as const, credentialId }
  if (missing.length > 0) {
    return { ...source, provider: null, state: 'not_connected', message: `needs ${listed(missing)}` }
  }
  const { budgetFor, ...rest } = deps
  const budget = budgetFor?.(credentialId)
  const provider = definition.create({ ...rest, baseUrls, credentials, tier, ...(budget ? { budget } : {}) })
  return { ...source, provider, state: 'connected', message: null }
}

/** Every address that the vendor's folder would take from itself, and every one that may be set. */
const addressesOf = ({ baseUrls, settings }: ProviderDefinition): string[] => [
  ...new Set([...Object.keys(baseUrls), ...settings.filter((s) => s.role === 'baseUrl').map((s) => s.field)]),
]

/** Addresses that only the house can know. */
const ownAddressesOf = ({ settings }: ProviderDefinition): string[] =>
  settings.filter((s) => s.role === 'baseUrl' && s.required).map((s) => s.field)

const envOf =
  ({ settings }: ProviderDefinition, role: ProviderSetting['role']) =>
  (field: string): string =>
    settings.find((s) => s.role === role && s.field === field)?.env ?? field

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
