// Who is counted as one: an IPv4 address, or the IPv6 network that one customer is given.
import { isIPv4, isIPv6 } from 'node:net'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const NETWORK_GROUPS = 4
const GROUPS = 8

export function networkOf(ip: string): string {
  const v4 = MAPPED.exec(ip)?.[1] ?? ip
  if (isIPv4(v4)) return v4
  if (!isIPv6(ip)) return 'unknown'
  const [head = '', tail] = ip.split('%')[0]!.toLowerCase().split('::')
  const before = head.split(':').filter(Boolean)
  const after = tail?.split(':').filter(Boolean) ?? []
  const zeros = tail === undefined ? 0 : Math.max(0, GROUPS - before.length - after.length)
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after]
  return groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
