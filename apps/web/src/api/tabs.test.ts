import type { QuoteDelta } from '@onetape/api/router'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { shareTabs, type TabMessage } from './tabs.ts'

const delta = (id: string): TabMessage => ({
  kind: 'delta',
  id,
  delta: { rows: [], full: false } satisfies QuoteDelta,
})
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 })
const open: { close(): void }[] = []
let names = 0

afterEach(() => {
  for (const tab of open.splice(0)) tab.close()
})

/** Tabs of one browser: they share a lock and a channel, both the platform's own. */
function browser() {
  const name = `tabs-test-${process.pid}-${++names}`
  return (options: { isVisible?: boolean; frozen?: boolean; silentMs?: number } = {}) => {
    const tab = {
      heard: [] as string[],
      leads: 0,
      stopped: 0,
      post: (_: TabMessage) => {},
      close: () => {},
    }
    const shared = shareTabs(
      {
        lead: (post) => {
          tab.leads++
          tab.post = post
          return () => void tab.stopped++
        },
        hear: (message) => {
          if (message.kind === 'delta') tab.heard.push(message.id)
        },
        tellAll: () => [delta('everything')],
      },
      {
        name,
        beatMs: options.frozen ? 1e9 : 10,
        silentMs: options.silentMs ?? 1e9,
        isVisible: () => options.isVisible ?? true,
      },
    )
    tab.close = () => shared.close()
    open.push(shared)
    return tab
  }
}

describe('tabs of one browser', () => {
  it('one leads; a second one is told everything and then hears the news', async () => {
    const tab = browser()
    const first = tab()
    await until(() => expect(first.leads).toBe(1))
    const second = tab()
    await until(() => expect(second.heard).toEqual(['everything']))
    first.post(delta('1'))
    await until(() => expect(second.heard).toEqual(['everything', '1']))
    expect(second.leads).toBe(0)
    expect(first.heard).toEqual([])
  })

  it('what one tab asked for is not sent to the others again', async () => {
    const tab = browser()
    const first = tab()
    await until(() => expect(first.leads).toBe(1))
    const second = tab()
    await until(() => expect(second.heard).toHaveLength(1))
    const third = tab()
    await until(() => expect(third.heard).toHaveLength(1))
    first.post(delta('2'))
    await until(() => expect(third.heard).toEqual(['everything', '2']))
    expect(second.heard).toEqual(['everything', '2'])
  })

  it('when the leader closes, a follower leads, once', async () => {
    const tab = browser()
    const first = tab()
    await until(() => expect(first.leads).toBe(1))
    const second = tab()
    await until(() => expect(second.heard).toHaveLength(1))
    first.close()
    await until(() => expect(second.leads).toBe(1))
    expect(first.stopped).toBe(1)
  })

  it('a leader that fell silent is deposed by a tab in view, and stops', async () => {
    const tab = browser()
    const frozen = tab({ frozen: true })
    await until(() => expect(frozen.leads).toBe(1))
    const hidden = tab({ isVisible: false, silentMs: 60 })
    const visible = tab({ silentMs: 60 })
    await until(() => expect(visible.leads).toBe(1))
    await until(() => expect(frozen.stopped).toBe(1))
    expect(hidden.leads).toBe(0)
  })

  it('a leader whom nobody answers passes nothing on; who answers again is told everything', async () => {
    const name = `tabs-test-${process.pid}-${++names}`
    const ear = new BroadcastChannel(name)
    const heard: string[] = []
    ear.onmessage = ({ data }) => {
      const { news, to } = data as { news?: { id: string }; to?: string | null }
      heard.push(news ? `${news.id} to ${to ?? 'all'}` : data.kind)
    }
    let post = (_: TabMessage) => {}
    const lead = (given: typeof post) => {
      post = given
      return () => {}
    }
    open.push(shareTabs({ lead, hear: () => {}, tellAll: () => [delta('everything')] }, { name, beatMs: 10 }))
    await until(() => expect(heard.filter((kind) => kind === 'beat').length).toBeGreaterThan(3))
    heard.length = 0
    post(delta('unheard'))
    ear.postMessage({ kind: 'here', from: 'thawed' })
    await until(() => expect(heard).toContain('everything to thawed'))
    post(delta('heard'))
    await until(() => expect(heard).toContain('heard to all'))
    expect(heard).not.toContain('unheard to all')
    ear.close()
  })

  it('without locks every tab leads for itself', () => {
    const lead = vi.fn(() => () => {})
    shareTabs({ lead, hear: () => {}, tellAll: () => [] }, { locks: null }).close()
    expect(lead).toHaveBeenCalledOnce()
  })
})
