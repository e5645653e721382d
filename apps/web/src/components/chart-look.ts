// The page's colours, for a canvas.
import { ColorType } from 'lightweight-charts'

export interface ChartLook {
  surface: string
  muted: string
  line: string
  grid: string
  up: string
  down: string
  upVolume: string
  downVolume: string
  accent: string
}

/** The page's tokens as colours: a canvas understands no custom property, so an element resolves them. */
export function readLook(container: HTMLElement): ChartLook {
  const probe = container.ownerDocument.createElement('span')
  container.append(probe)
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`
    return getComputedStyle(probe).color
  }
  const faded = (colour: string): string => colour.replace('rgb(', 'rgba(').replace(')', ', 0.45)')
  const look = {
    surface: read('surface'),
    muted: read('muted'),
    line: read('line-strong'),
    grid: read('chart-grid'),
    up: read('up-fill'),
    down: read('down-fill'),
    upVolume: faded(read('up-fill')),
    downVolume: faded(read('down-fill')),
    accent: read('accent'),
  }
  probe.remove()
  return look
}

export const chartColors = (look: ChartLook) => ({
  layout: {
    background: { type: ColorType.Solid as const, color: look.surface },
    textColor: look.muted,
    fontFamily: "'Inter Variable', ui-sans-serif, system-ui, sans-serif",
    fontSize: 11,
    panes: { separatorColor: look.grid, separatorHoverColor: look.line },
  },
  grid: { vertLines: { color: look.grid }, horzLines: { color: look.grid } },
  rightPriceScale: { borderColor: look.line },
  timeScale: { borderColor: look.line },
  crosshair: {
    vertLine: { color: look.muted, labelBackgroundColor: look.accent },
    horzLine: { color: look.muted, labelBackgroundColor: look.accent },
  },
})
