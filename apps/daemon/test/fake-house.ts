// A house of vendors in memory, with breakers that nobody shares and calls that nobody records.
import type { Clock } from '@onetape/market'
import { createHealthBoard, type HealthPort, type IDataProvider } from '@onetape/providers'
import { assembleHouse } from '../src/house.ts'
import type { House } from '../src/ingest/ask-source.ts'
import { createCallLog } from '../src/ingest/call-log.ts'
import type { SourceStatesOptions } from '../src/ingest/source-states.ts'

const NOBODY: HealthPort = {
  read: async () => [],
  write: async () => {},
  claimProbe: async () => true,
}

export function fakeHouse(
  vendors: readonly IDataProvider[],
  o: { wall: Clock; market: Clock; onChange?: SourceStatesOptions['onChange'] },
): House {
  return assembleHouse({
    routed: vendors.map((provider) => ({
      name: provider.getName(),
      providerName: provider.getName(),
      provider,
      tier: provider.getCapabilities().defaultTier,
      owner: 'house',
      state: 'connected',
      message: null,
      credentialId: `${provider.getName()}:house`,
    })),
    health: createHealthBoard({ port: NOBODY, wallClock: o.wall }),
    calls: createCallLog(null),
    wall: o.wall,
    market: o.market,
    onChange: o.onChange ?? (() => {}),
  })
}
