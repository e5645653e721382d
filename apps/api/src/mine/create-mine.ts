// What a signed-in person owns, behind one door.
import type { ProbeFindings } from '@onetape/providers'
import { connectKey, placesFor, probeKey } from './connecting.ts'
import {
  pauseSource,
  removeSource,
  renameSource,
  replaceKey,
  setPrimary,
  sourceOf,
  testSource,
} from './keeping.ts'
import type { Mine } from './mine.ts'
import {
  endSimulatedOutage,
  ordersReport,
  pinsReport,
  setOrder,
  setPin,
  simulateOutage,
} from './preferences.ts'
import { problemsOf } from './problems.ts'
import { beginVendorSignIn, endVendorSignIn, type SignInParts } from './sign-ins.ts'
import { mySource, mySources } from './source-reports.ts'
import { vendorReport } from './vendor-book.ts'

export function createMine(parts: SignInParts): Mine {
  const { views, vendors, changes } = parts
  return {
    vendors: () =>
      vendors
        .all()
        .filter(({ fault }) => fault === null)
        .map(vendorReport),
    sources: (userId) => mySources(parts, userId),
    probe: (userId, order, signal) => probeKey(parts, userId, { order, signal }),
    async connect(userId, order, signal) {
      return await mySource(parts, userId, await connectKey(parts, userId, { order, signal }))
    },
    async places(userId, id) {
      const { name, capabilities } = await sourceOf(parts, userId, id)
      if (capabilities === null) return []
      return await placesFor(parts, userId, { findings: capabilities as ProbeFindings, name })
    },
    test: (userId, id, signal) => testSource(parts, userId, { id, signal }),
    async pause(userId, o) {
      await pauseSource(parts, userId, o)
      return await mySource(parts, userId, o.id)
    },
    async rename(userId, o) {
      await renameSource(parts, userId, o)
      return await mySource(parts, userId, o.id)
    },
    async replaceKey(userId, o, signal) {
      await replaceKey(parts, userId, { ...o, signal })
      return await mySource(parts, userId, o.id)
    },
    async setPrimary(userId, id) {
      await setPrimary(parts, userId, id)
      return await mySource(parts, userId, id)
    },
    remove: (userId, id) => removeSource(parts, userId, id),
    signInBegin: (userId, order, origin) => beginVendorSignIn(parts, userId, { order, origin }),
    signInEnd: (userId, answer, origin) => endVendorSignIn(parts, userId, { ...answer, origin }),
    orders: (userId) => ordersReport(parts, userId),
    setOrder: (userId, o) => setOrder(parts, userId, o),
    pins: (userId) => pinsReport(parts, userId),
    setPin: (userId, o) => setPin(parts, userId, o),
    async outages(userId) {
      const { outages } = await views.of(userId)
      return [...outages]
    },
    simulateOutage: (userId, o) => simulateOutage(parts, userId, o),
    endOutage: (userId, source) => endSimulatedOutage(parts, userId, source),
    problems: (userId, id) => problemsOf(parts, userId, id),
    changes: (userId, signal) => changes.follow(userId, signal),
  }
}
