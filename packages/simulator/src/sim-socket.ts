// A WebSocket as the simulated vendors see it: what they send passes the gate where stream faults are played.
import type { RawData, WebSocket } from 'ws'
import type { VendorName } from './faults.ts'
import { type Frame, FrameGate, type FrameOptions } from './frame-gate.ts'
import type { Simulation } from './simulation.ts'

export interface SimSocket {
  /** Frames without `control` are what faults may keep back, double or swap. */
  send(frame: Frame, options?: FrameOptions): void
  /** Who is on the other end, once it has signed in: for faults on one credential. */
  bears(...keys: string[]): void
  onMessage(callback: (text: string) => void): void
  onClose(callback: () => void): void
  /** A parting as the protocol wants it, with a close frame. */
  close(code?: number, reason?: string): void
  /** The line is cut. */
  terminate(): void
  readonly open: boolean
}

export function simSocket(
  ws: WebSocket,
  o: { simulation: Simulation; vendor: VendorName; path: string },
): SimSocket {
  const put = (frame: Frame): void => {
    if (ws.readyState === ws.OPEN) ws.send(frame)
  }
  const gate = new FrameGate(o.simulation, o.vendor, o.path, put)
  ws.on('close', () => gate.close())
  ws.on('error', () => ws.terminate())
  return {
    send(frame, options) {
      if (ws.readyState !== ws.OPEN) return
      const frames = gate.pass(frame, options)
      if (frames === 'cut') ws.terminate()
      else for (const one of frames) put(one)
    },
    bears: (...keys) => gate.bears(...keys),
    onMessage: (callback) => {
      ws.on('message', (data: RawData) => callback(textOf(data)))
    },
    onClose: (callback) => {
      ws.on('close', () => callback())
    },
    close: (code = 1000, reason = '') => ws.close(code, reason),
    terminate: () => ws.terminate(),
    get open() {
      return ws.readyState === ws.OPEN
    },
  }
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8')
