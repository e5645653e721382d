// The chart library behind a few verbs of ours: bars in microseconds go in, hovers and "older, please" come out.
import type { SeriesBar } from '@onetape/api/router'
import { isIntraday, type Timeframe } from '@onetape/market'
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { axisLabel, axisTime } from './chart-time.ts'
import { formatPrice, formatVolume } from './number-format.ts'
import type { MarketZone } from './time-format.ts'

export interface ChartAxis {
  timeframe: Timeframe
  zone: MarketZone
  places: number
}

/** A corporate action, at the bar it shows up in. */
export interface ChartMark {
  ts: number
  kind: string
  text: string
}

export interface ChartEvents {
  /** The left end is near: ask for older bars. */
  onOlder: () => void
  /** Index of the bar under the crosshair, or null when it left. */
  onHover: (bar: SeriesBar | null) => void
}

export interface PriceChart {
  setLook(): void
  setBars(bars: SeriesBar[], axis: ChartAxis): void
  moveLast(bar: SeriesBar): void
  setMarks(marks: ChartMark[]): void
  /** Moves the view by so many bars, to the past when negative. */
  pan(bars: number): void
  zoom(factor: number): void
  toLatest(): void
  remove(): void
}

const OLDER_WITHIN_BARS = 40
const BAR_PX = 7
/** A handful of bars is drawn larger, but not as blocks. */
const BAR_MAX_PX = 16
const RIGHT_BARS = 6
/** Below it the legend takes two lines. */
const NARROW_PX = 600

export function createPriceChart(container: HTMLElement, events: ChartEvents): PriceChart {
  const chart = createChart(container, {
    autoSize: true,
    crosshair: { mode: CrosshairMode.Normal },
    timeScale: { barSpacing: BAR_PX, rightOffset: RIGHT_BARS, minBarSpacing: 0.6, borderVisible: true },
    rightPriceScale: { scaleMargins: { top: container.clientWidth < NARROW_PX ? 0.18 : 0.1, bottom: 0.06 } },
  })
  const candles = chart.addSeries(CandlestickSeries, { borderVisible: false, priceLineStyle: 2 })
  const volumes = chart.addSeries(
    HistogramSeries,
    {
      priceFormat: { type: 'custom', formatter: formatVolume, minMove: 1e-8 },
      lastValueVisible: false,
      priceLineVisible: false,
    },
    1,
  )
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0 } })
  chart.panes()[0]?.setStretchFactor(4)
  chart.panes()[1]?.setStretchFactor(1)
  const markers = createSeriesMarkers(candles, [])

  let look = readLook(container)
  let axis: ChartAxis | null = null
  let shown = new Map<number, SeriesBar>()
  let marks: ChartMark[] = []

  const place = (bar: { ts: number }): UTCTimestamp =>
    axisTime(bar.ts, axis!.timeframe, axis!.zone) as UTCTimestamp
  const candle = (bar: SeriesBar) => ({
    time: place(bar),
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
  })
  const volume = (bar: SeriesBar) => ({
    time: place(bar),
    value: bar.volume ?? 0,
    color: bar.close >= bar.open ? look.upVolume : look.downVolume,
  })

  chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    if (range && range.from < OLDER_WITHIN_BARS) events.onOlder()
  })
  chart.subscribeCrosshairMove(({ time }) => {
    events.onHover(time === undefined ? null : (shown.get(time as number) ?? null))
  })

  const self: PriceChart = {
    setLook() {
      look = readLook(container)
      chart.applyOptions(chartColors(look))
      candles.applyOptions({
        upColor: look.up,
        downColor: look.down,
        wickUpColor: look.up,
        wickDownColor: look.down,
      })
      if (axis) volumes.setData([...shown.values()].map(volume))
      self.setMarks(marks)
    },

    setBars(bars, next) {
      const isOther = axis === null || axis.timeframe !== next.timeframe || axis.zone !== next.zone
      axis = next
      applyAxis(next)
      // Two bars at one place (the clock set back at night) would be refused; the later one stands.
      shown = new Map(bars.map((bar) => [place(bar), bar]))
      const placed = [...shown.values()].sort((a, b) => place(a) - place(b))
      candles.setData(placed.map(candle))
      volumes.setData(placed.map(volume))
      self.setMarks(marks)
      // Nobody scrolls into the void; a series shorter than the screen stays at its right end, though.
      const fills = placed.length * BAR_PX > chart.timeScale().width()
      chart.timeScale().applyOptions({ fixLeftEdge: fills })
      if (isOther) self.toLatest()
    },

    moveLast(bar) {
      if (!axis) return
      shown.set(place(bar), bar)
      candles.update(candle(bar))
      volumes.update(volume(bar))
    },

    setMarks(next) {
      marks = next
      markers.setMarkers(axis ? placedMarks(marks, [...shown.keys()], place, look) : [])
    },

    pan(bars) {
      const scale = chart.timeScale()
      scale.scrollToPosition(scale.scrollPosition() + bars, false)
    },

    zoom(factor) {
      const spacing = chart.timeScale().options().barSpacing
      chart.timeScale().applyOptions({ barSpacing: Math.min(60, Math.max(0.6, spacing * factor)) })
    },

    toLatest() {
      const room = chart.timeScale().width() / (shown.size + RIGHT_BARS)
      chart.timeScale().applyOptions({ barSpacing: Math.min(BAR_MAX_PX, Math.max(BAR_PX, room)) })
      chart.timeScale().scrollToPosition(RIGHT_BARS, false)
    },

    remove: () => chart.remove(),
  }

  function applyAxis({ timeframe, zone, places }: ChartAxis): void {
    chart.applyOptions({
      timeScale: { timeVisible: isIntraday(timeframe), secondsVisible: false },
      localization: {
        locale: 'en-GB',
        timeFormatter: (time: Time) => axisLabel(time as number, timeframe, zone),
      },
    })
    candles.applyOptions({
      priceFormat: {
        type: 'custom',
        formatter: (price: number) => formatPrice(price, places),
        minMove: 10 ** -places,
      },
    })
  }

  self.setLook()
  return self
}

/** Each mark on the first bar at or after it; none before the oldest bar, where its own bar is not loaded. */
function placedMarks(
  marks: ChartMark[],
  places: number[],
  place: (at: { ts: number }) => number,
  look: Look,
): SeriesMarker<Time>[] {
  const oldest = places[0]
  if (oldest === undefined) return []
  return marks
    .map((mark) => ({ mark, time: places.find((p) => p >= place(mark)) }))
    .filter((m) => m.time !== undefined && place(m.mark) >= oldest - 86_400)
    .map(({ mark, time }) => ({
      time: time as UTCTimestamp,
      position: 'belowBar' as const,
      shape: mark.kind === 'split' ? ('square' as const) : ('circle' as const),
      color: look.accent,
      text: mark.text,
    }))
    .sort((a, b) => a.time - b.time)
}

interface Look {
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
function readLook(container: HTMLElement): Look {
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

const chartColors = (look: Look) => ({
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
