// The way of a new source, from the vendor to its places in the orders, and what may go wrong on it.
//
//   vendor    which one
//   key       its credentials (or the sign-in at the vendor, which leaves the page)
//   probe     the vendor is asked; what it shows is looked at
//   places    where the new source is to stand
//   saved
//
// What is typed lives here and in the inputs, nowhere else, and is gone when the dialog closes.
import type { MySource, ProbeAnswer, VendorReport } from '@onetape/api/router'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changed } from '../../api/mine.ts'
import { type CallProblem, useSecretCall } from '../../api/secret-call.ts'
import { client } from '../../api/trpc.ts'

export const STEPS = ['vendor', 'key', 'probe', 'places', 'saved'] as const
export type Step = (typeof STEPS)[number]

/** Where a source is proposed to stand in one order. */
export type Place = ProbeAnswer['places'][number]

export interface Typed {
  label: string
  /** A plan's name; empty to find out. */
  tier: string
  credentials: Record<string, string>
}

const NOTHING: Typed = { label: '', tier: '', credentials: {} }

export function useConnect(first: VendorReport | null) {
  const queryClient = useQueryClient()
  const [step, setStep] = useState<Step>(first ? 'key' : 'vendor')
  const [vendor, setVendor] = useState<VendorReport | null>(first)
  const [typed, setTyped] = useState<Typed>({ ...NOTHING, label: first?.label ?? '' })
  const [unticked, setUnticked] = useState<ReadonlySet<string>>(new Set())
  const probe = useSecretCall((input: { vendor: VendorReport; typed: Typed }, signal) =>
    client.mine.probe.mutate(
      {
        provider: input.vendor.provider,
        credentials: input.typed.credentials,
        ...(input.typed.tier && { tier: input.typed.tier }),
      },
      { signal },
    ),
  )
  const connect = useSecretCall(
    (
      input: { vendor: VendorReport; typed: Typed; answer: ProbeAnswer; places: Place[] },
      signal,
    ): Promise<MySource> =>
      client.mine.connect.mutate(
        {
          provider: input.vendor.provider,
          credentials: input.typed.credentials,
          label: input.typed.label,
          tier: input.answer.findings.tier,
          name: input.answer.name,
          orders: input.places.map(({ kind, assetClass, order }) => ({ kind, assetClass, order })),
        },
        { signal },
      ),
  )
  const answer = probe.state.status === 'done' ? probe.state.data : null

  const ask = async (by: VendorReport, given: Typed) => {
    setStep('probe')
    connect.giveUp()
    setUnticked(new Set())
    const found = await probe.run({ vendor: by, typed: given })
    // What is wrong with the key is said where the key is.
    if (by.how === 'key' && found && keyRefusal(found)) setStep('key')
  }
  const refused =
    probe.state.status === 'failed' && probe.state.problem.code === 'BAD_REQUEST'
      ? { ...probe.state.problem, fix: undefined, isOfAll: false }
      : answer && keyRefusal(answer)
  return {
    ...{ step, vendor, typed, answer, unticked, refused },
    probe: probe.state,
    saving: connect.state,
    saved: connect.state.status === 'done' ? connect.state.data : null,
    choose(next: VendorReport) {
      const fresh = { ...NOTHING, label: next.label }
      setVendor(next)
      setTyped(fresh)
      probe.giveUp()
      if (next.how === 'none') void ask(next, fresh)
      else setStep('key')
    },
    test(given: Typed) {
      setTyped(given)
      if (vendor) void ask(vendor, given)
    },
    testAgain() {
      if (vendor) void ask(vendor, typed)
    },
    back() {
      if (step === 'places') return setStep('probe')
      probe.giveUp()
      setStep(step === 'probe' && vendor?.how !== 'none' ? 'key' : 'vendor')
    },
    toPlaces: () => setStep('places'),
    rename: (label: string) => setTyped((was) => ({ ...was, label })),
    tick(place: Place) {
      const id = placeId(place)
      setUnticked((was) => new Set(was.has(id) ? [...was].filter((x) => x !== id) : [...was, id]))
    },
    async save() {
      if (!vendor || !answer) return
      const places = answer.places.filter((place) => !unticked.has(placeId(place)))
      const source = await connect.run({ vendor, typed, answer, places })
      if (!source) return
      setTyped(NOTHING)
      setStep('saved')
      void changed(queryClient, 'sources')
    },
    again() {
      probe.giveUp()
      connect.giveUp()
      setVendor(null)
      setTyped(NOTHING)
      setStep('vendor')
    },
  }
}

export type Connect = ReturnType<typeof useConnect>

export interface Refused extends CallProblem {
  fix: string | undefined
  /** Of several that belong together nobody knows which is wrong. */
  isOfAll: boolean
}

/** The vendor did not take what was typed; null where it did, or where something else stood in the way. */
function keyRefusal({ findings: { ok, problem } }: ProbeAnswer): Refused | null {
  if (ok || !problem || !['unauthorized', 'invalid_request'].includes(problem.kind)) return null
  return { line: problem.words, fix: problem.fix, code: null, isOfAll: problem.kind === 'unauthorized' }
}

export const placeId = ({ kind, assetClass }: Pick<Place, 'kind' | 'assetClass'>): string =>
  `${kind} ${assetClass}`

/** The field that a refusal is about: the API leads with its label, as in `API key: is missing`. */
export function fieldOf(
  problem: CallProblem,
  fields: VendorReport['fields'],
): { field: string; words: string } | null {
  for (const { field, label } of fields) {
    if (problem.line.startsWith(`${label}: `)) {
      const words = problem.line.slice(label.length + 2)
      return { field, words: words.charAt(0).toUpperCase() + words.slice(1) }
    }
  }
  return null
}
