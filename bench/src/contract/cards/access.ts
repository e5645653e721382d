// 1xx: who may ask, and what a refusal says.
import { type Card, classesWhere, everyProvider, must, show } from '../card.ts'
import { credentialsOf, refusalOf, type Stage } from '../stage.ts'

const firstQuestion = (stage: Stage, provider = stage.open()) => {
  const [assetClass] = classesWhere(stage.definition.capabilities, (c) => c.quotes)[0]!
  return provider.getQuotes(stage.refs(assetClass).slice(0, 1))
}

const needsCredentials: Card['claims'] = (c) => c.credentials.length > 0

export const accessCards: readonly Card[] = [
  {
    id: 101,
    title: 'good credentials are accepted',
    claims: everyProvider,
    async run(stage) {
      const { rows } = await firstQuestion(stage)
      must(rows.length === 1, () => `one quote expected, got ${rows.length}`)
    },
  },
  {
    id: 102,
    title: 'wrong credentials are unauthorized, and the message holds none of them',
    claims: needsCredentials,
    async run(stage) {
      const credentials = credentialsOf(stage.definition, 'wrong')
      const error = await refusalOf(firstQuestion(stage, stage.open({ credentials })))
      must(
        error.kind === 'unauthorized' || (error.kind === 'unavailable' && stage.definition.name === 'ibkr'),
        () => `kind ${error.kind}: ${error.message}`,
      )
      const secrets = stage.definition.settings.filter((s) => s.secret).map((s) => credentials[s.field]!)
      must(!secrets.some((s) => error.message.includes(s)), () => 'the message holds a credential')
    },
  },
  {
    id: 103,
    title: 'missing credentials are refused before a call is spent',
    claims: needsCredentials,
    async run(stage) {
      const mark = stage.mark()
      const error = await refusalOf(firstQuestion(stage, stage.open({ credentials: {} })))
      must(error.kind === 'unauthorized', () => `kind ${error.kind}`)
      const seen = stage.seenSince(mark)
      must(seen.length === 0, () => `${seen.length} requests reached the vendor`)
    },
  },
  {
    id: 104,
    title: 'what is not declared is unsupported, and no call is spent on it',
    claims: everyProvider,
    async run(stage) {
      const { byAssetClass } = stage.definition.capabilities
      const mark = stage.mark()
      const absent = (['equity', 'crypto', 'fx'] as const).find((c) => !byAssetClass[c])
      if (absent) {
        const error = await refusalOf(
          stage.open().getSnapshots({ assetClass: absent, refs: stage.refs(absent) }),
        )
        must(error.kind === 'unsupported', () => `${absent}: kind ${error.kind}`)
      }
      for (const [assetClass, capability] of classesWhere(
        stage.definition.capabilities,
        (c) => c.bars.length > 0,
      )) {
        const timeframe = (['4h', '1w', '1mo', '1h'] as const).find((t) => !capability.bars.includes(t))
        if (!timeframe || stage.refs(assetClass).length === 0) continue
        const to = stage.marketClock.now()
        const request = { ref: stage.refs(assetClass)[0]!, timeframe, from: to - 86_400_000_000, to }
        const error = await refusalOf(stage.open().getBars(request))
        must(error.kind === 'unsupported', () => `${timeframe} bars of ${assetClass}: kind ${error.kind}`)
      }
      must(
        stage.seenSince(mark).length === 0,
        () => `requests reached the vendor: ${show(stage.seenSince(mark))}`,
      )
    },
  },
  {
    id: 105,
    title: 'what is declared optional is implemented, and what is implemented is declared',
    claims: everyProvider,
    async run(stage) {
      const provider = stage.open()
      const { capabilities } = stage.definition
      const any = (test: (c: (typeof capabilities.byAssetClass)['equity'] & object) => boolean) =>
        classesWhere(capabilities, test).length > 0
      const pairs: [string, boolean, boolean][] = [
        ['fundamentals', any((c) => c.fundamentals), provider.getFundamentals !== undefined],
        ['options chain', any((c) => c.options), provider.getOptionsChain !== undefined],
        ['stream', any((c) => c.stream), provider.streamQuotes !== undefined],
        [
          'corporate actions',
          any((c) => c.corporateActions !== null),
          provider.listCorporateActions !== undefined,
        ],
        ['reference list', any((c) => c.reference), provider.listInstruments !== undefined],
      ]
      for (const [what, declared, implemented] of pairs)
        must(declared === implemented, () => `${what}: declared ${declared}, implemented ${implemented}`)
    },
  },
]
