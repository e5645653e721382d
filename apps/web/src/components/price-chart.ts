// The chart library behind a few verbs of ours: bars in microseconds go in, hovers and "older, please" come out.
import type { SeriesBar } from '@onetape/api/router'
import { isIntraday, type Timeframe } from '@onetape/market'
import {
  CandlestickSeries,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { type ChartLook, chartColors, readLook } from './chart-look.ts'
import { type ChartMark, placeMarks } from './chart-marks.ts'
import { axisLabel, axisTime } from './chart-time.ts'
import { formatPrice, formatVolume } from './number-format.ts'
import type { MarketZone } from './time-format.ts'

export interface ChartAxis {
  timeframe: Timeframe
  zone: MarketZone
  places: number
}

export interface ChartEvents {
  /** The left end is near: ask for older bars. */
  onOlder: () => void
  /** The bar under the crosshair, or null when it left. */
  onHover: (bar: SeriesBar | null) => void
}

const OLDER_WITHIN_BARS = 40
const BAR_PX = 7
/** A handful of bars is drawn larger, but not as blocks. */
const BAR_MAX_PX = 16
const RIGHT_BARS = 6
/** Below it the legend takes two lines. */
const NARROW_PX = 600
const BAR_RANGE_PX = { min: 0.6, max: 60 }

export class PriceChart {
  readonly #container: HTMLElement
  readonly #chart: IChartApi
  readonly #candles: ISeriesApi<'Candlestick'>
  readonly #volumes: ISeriesApi<'Histogram'>
  readonly #markers: ISeriesMarkersPluginApi<Time>
  #look: ChartLook
  #axis: ChartAxis | null = null
  /** By place on the axis, ascending. */
  #shown = new Map<number, SeriesBar>()
  #marks: ChartMark[] = []

  constructor(container: HTMLElement, events: ChartEvents) {
    this.#container = container
    this.#look = readLook(container)
    this.#chart = createChart(container, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: { barSpacing: BAR_PX, rightOffset: RIGHT_BARS, minBarSpacing: BAR_RANGE_PX.min },
      rightPriceScale: {
        scaleMargins: { top: container.clientWidth < NARROW_PX ? 0.18 : 0.1, bottom: 0.06 },
      },
    })
    this.#candles = this.#chart.addSeries(CandlestickSeries, { borderVisible: false, priceLineStyle: 2 })
    this.#volumes = this.#chart.addSeries(
      HistogramSeries,
      {
        priceFormat: { type: 'custom', formatter: formatVolume, minMove: 1e-8 },
        lastValueVisible: false,
        priceLineVisible: false,
      },
      1,
    )
    this.#volumes.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0 } })
    this.#chart.panes()[0]?.setStretchFactor(4)
    this.#chart.panes()[1]?.setStretchFactor(1)
    this.#markers = createSeriesMarkers(this.#candles, [])
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range && range.from < OLDER_WITHIN_BARS) events.onOlder()
    })
    this.#chart.subscribeCrosshairMove(({ time }) => {
      events.onHover(time === undefined ? null : (this.#shown.get(time as number) ?? null))
    })
    this.setLook()
  }

  /** Takes the colours of the page as they are now. */
  setLook(): void {
    this.#look = readLook(this.#container)
    const { up, down } = this.#look
    this.#chart.applyOptions(chartColors(this.#look))
    this.#candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down })
    this.#volumes.setData([...this.#shown.entries()].map(([time, bar]) => this.#volume(time, bar)))
    this.setMarks(this.#marks)
  }

  setBars(bars: SeriesBar[], axis: ChartAxis): void {
    const was = this.#axis
    this.#axis = axis
    this.#applyAxis(axis)
    // Two bars at one place (the clock set back at night) would be refused; the later one stands.
    const placed = new Map(bars.map((bar) => [this.#place(bar, axis), bar]))
    this.#shown = new Map([...placed].sort(([a], [b]) => a - b))
    const entries = [...this.#shown.entries()]
    this.#candles.setData(entries.map(([time, bar]) => candle(time, bar)))
    this.#volumes.setData(entries.map(([time, bar]) => this.#volume(time, bar)))
    this.setMarks(this.#marks)
    // Nobody scrolls into the void; a series shorter than the screen stays at its right end, though.
    const fills = entries.length * BAR_PX > this.#chart.timeScale().width()
    this.#chart.timeScale().applyOptions({ fixLeftEdge: fills })
    if (was?.timeframe !== axis.timeframe || was.zone !== axis.zone) this.toLatest()
  }

  moveLast(bar: SeriesBar): void {
    if (!this.#axis) return
    const time = this.#place(bar, this.#axis)
    this.#shown.set(time, bar)
    this.#candles.update(candle(time, bar))
    this.#volumes.update(this.#volume(time, bar))
  }

  setMarks(marks: ChartMark[]): void {
    this.#marks = marks
    this.#markers.setMarkers(
      placeMarks(marks, [...this.#shown.keys()]).map(({ mark, time }) => ({
        time: time as UTCTimestamp,
        position: 'belowBar' as const,
        shape: mark.kind === 'split' ? ('square' as const) : ('circle' as const),
        color: this.#look.accent,
        text: mark.text,
      })),
    )
  }

  /** Moves the view by so many bars, to the past when negative. */
  pan(bars: number): void {
    const scale = this.#chart.timeScale()
    scale.scrollToPosition(scale.scrollPosition() + bars, false)
  }

  zoom(factor: number): void {
    const wanted = this.#chart.timeScale().options().barSpacing * factor
    const barSpacing = Math.min(BAR_RANGE_PX.max, Math.max(BAR_RANGE_PX.min, wanted))
    this.#chart.timeScale().applyOptions({ barSpacing })
  }

  toLatest(): void {
    const room = this.#chart.timeScale().width() / (this.#shown.size + RIGHT_BARS)
    this.#chart.timeScale().applyOptions({ barSpacing: Math.min(BAR_MAX_PX, Math.max(BAR_PX, room)) })
    this.#chart.timeScale().scrollToPosition(RIGHT_BARS, false)
  }

  remove(): void {
    this.#chart.remove()
  }

  #applyAxis({ timeframe, zone, places }: ChartAxis): void {
    this.#chart.applyOptions({
      timeScale: { timeVisible: isIntraday(timeframe), secondsVisible: false },
      localization: {
        locale: 'en-GB',
        timeFormatter: (time: Time) => axisLabel(time as number, timeframe, zone),
      },
    })
    const formatter = (price: number) => formatPrice(price, places)
    this.#candles.applyOptions({ priceFormat: { type: 'custom', formatter, minMove: 10 ** -places } })
  }

  #place(bar: SeriesBar, { timeframe, zone }: ChartAxis): number {
    return axisTime(bar.ts, timeframe, zone)
  }

  #volume(time: number, bar: SeriesBar) {
    const color = bar.close >= bar.open ? this.#look.upVolume : this.#look.downVolume
    return { time: time as UTCTimestamp, value: bar.volume ?? 0, color }
  }
}

const candle = (time: number, { open, high, low, close }: SeriesBar) => ({
  time: time as UTCTimestamp,
  open,
  high,
  low,
  close,
})
