// The environment variables that the vendors' folders name, as data: their schema, which of them are secret, and what
// they are where the vendors are simulated. No other place lists them.
import { z } from 'zod'
import type { ProviderDefinition, ProviderSetting } from './contract.ts'

/** Values by the name of the environment variable. */
export type HouseSettings = Readonly<Record<string, string | undefined>>

const address = z.url({
  protocol: /^(https?|wss?|tcp)$/,
  error: 'is not an http, ws or tcp address',
})

/** A schema for each variable, in the order of the registry; all are optional. */
export function houseSettings(
  definitions: readonly ProviderDefinition[],
): Record<string, z.ZodOptional<z.ZodType<string, string>>> {
  return Object.fromEntries(
    definitions.flatMap((definition) =>
      definition.settings.map((setting) => [
        setting.env,
        schemaOf(definition, setting).optional().describe(wordsOf(definition, setting)),
      ]),
    ),
  )
}

function schemaOf(
  { capabilities }: ProviderDefinition,
  { role }: ProviderSetting,
): z.ZodType<string, string> {
  if (role === 'baseUrl') return address
  if (role === 'credential') return z.string()
  const names = capabilities.tiers.map((tier) => tier.name)
  return z.string().refine((name) => names.includes(name), `is not one of ${names.join(', ')}`)
}

function wordsOf({ label, capabilities }: ProviderDefinition, setting: ProviderSetting): string {
  if (setting.role === 'tier') {
    const names = capabilities.tiers.map((tier) => tier.name).join(', ')
    return `${label}: plan, one of ${names}; ${capabilities.defaultTier} when unset.`
  }
  // An acronym stays one.
  const words = `${label}: ${setting.label.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}.`
  if (setting.role === 'baseUrl') {
    return `${words} Unset: ${setting.required ? 'the vendor is not connected' : "the vendor's own"}.`
  }
  const isNeeded = capabilities.credentials.includes(setting.field)
  return isNeeded ? `${words} Unset: the vendor is not connected.` : words
}

/** Values that must never be shown. */
export const secretsOf = (definitions: readonly ProviderDefinition[], settings: HouseSettings): string[] =>
  definitions.flatMap((d) => d.settings.filter((s) => s.secret)).flatMap(({ env }) => settings[env] ?? [])

const SIMULATED_CREDENTIAL = 'demo-key'

/**
 * The settings that point every vendor at its simulation.
 * @param endpoints addresses by vendor and endpoint name; a vendor that is not simulated gets no settings.
 */
export function simulatedSettings(
  definitions: readonly ProviderDefinition[],
  endpoints: Readonly<Record<string, Readonly<Record<string, string>> | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    definitions.flatMap(({ name, settings, capabilities }) => {
      const addresses = endpoints[name]
      if (!addresses) return []
      return settings.flatMap(({ env, role, field }): [string, string][] => {
        if (role === 'baseUrl') return addresses[field] === undefined ? [] : [[env, addresses[field]]]
        return role === 'credential' && capabilities.credentials.includes(field)
          ? [[env, SIMULATED_CREDENTIAL]]
          : []
      })
    }),
  )
}
