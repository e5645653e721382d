// The chart library behind a few verbs of ours: bars in microseconds go in, hovers and what is in sight come out.
import type { SeriesBar } from '@onetape/api/router'
import { isIntraday, type Timeframe } from '@onetape/market'
import type { Time, UTCTimestamp } from 'lightweight-charts'
import { type ChartLook, chartColors, readLook } from './chart-look.ts'
import { type ChartMark, placeMarks } from './chart-marks.ts'
import { BAR_PX, BAR_RANGE_PX, type ChartParts, createParts } from './chart-parts.ts'
import { keepSight, ROOM_BARS, sightOf } from './chart-sight.ts'
import { axisLabel, axisTime } from './chart-time.ts'
import type { Sight } from './chart-window.ts'
import { formatPrice } from './number-format.ts'
import type { MarketZone } from './time-format.ts'

export interface ChartAxis {
  /** Of the bars drawn; what matters is whether they are shorter than a day. */
  timeframe: Timeframe
  /** Name of their length: `5m`, `90m`. */
  resolution: string
  zone: MarketZone
  places: number
}

export interface ChartEvents {
  /** What a reader looks at, once the hand has come to rest. */
  onSight: (sight: Sight) => void
  /** The bar under the crosshair, or null when it left. */
  onHover: (bar: SeriesBar | null) => void
}

const REST_MS = 160
/** A handful of bars is drawn larger, but not as blocks. */
const BAR_MAX_PX = 16

export class PriceChart {
  readonly #container: HTMLElement
  readonly #chart: ChartParts['chart']
  readonly #candles: ChartParts['candles']
  readonly #volumes: ChartParts['volumes']
  readonly #markers: ChartParts['markers']
  #look: ChartLook
  #axis: ChartAxis | null = null
  /** By place on the axis, ascending. */
  #shown = new Map<number, SeriesBar>()
  #marks: ChartMark[] = []
  readonly #onSight: ChartEvents['onSight']
  #resting: ReturnType<typeof setTimeout> | undefined
  /** Asked of the library, which moves there with its next frame. */
  #aim: { from: number; to: number } | null = null

  constructor(container: HTMLElement, events: ChartEvents) {
    this.#container = container
    this.#onSight = events.onSight
    this.#look = readLook(container)
    const { chart, candles, volumes, markers } = createParts(container)
    this.#chart = chart
    this.#candles = candles
    this.#volumes = volumes
    this.#markers = markers
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
      this.#aim = null
      clearTimeout(this.#resting)
      this.#resting = setTimeout(() => this.#tellSight(), REST_MS)
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

  /**
   * Other bars of the same series keep what is in sight, whatever their length.
   * @param isWhole these are all there are: nobody zooms out further than that.
   */
  setBars(bars: SeriesBar[], axis: ChartAxis, isWhole: boolean): void {
    const scale = this.#chart.timeScale()
    const before = { stamps: this.#stamps(), range: this.#aim ?? scale.getVisibleLogicalRange() }
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
    const least = isWhole ? scale.width() / (entries.length + ROOM_BARS) : 0
    scale.applyOptions({
      // Nobody scrolls into the void; a series shorter than the screen stays at its right end, though.
      fixLeftEdge: entries.length * BAR_PX > scale.width(),
      minBarSpacing: Math.min(BAR_PX, Math.max(BAR_RANGE_PX.min, least)),
    })
    if (!was) {
      this.toLatest()
      return
    }
    const isSameLength = was.resolution === axis.resolution
    this.#aim = before.range && keepSight(before.stamps, before.range, this.#stamps(), isSameLength)
    if (this.#aim) scale.setVisibleLogicalRange(this.#aim)
  }

  /** All that is drawn, side by side. */
  fit(): void {
    this.#chart.timeScale().fitContent()
  }

  get widthPx(): number {
    return this.#chart.timeScale().width()
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
    const scale = this.#chart.timeScale()
    const range = scale.getVisibleLogicalRange()
    if (!range) return
    const wanted = (scale.width() / (range.to - range.from)) * factor
    const least = scale.options().minBarSpacing
    scale.applyOptions({ barSpacing: Math.min(BAR_RANGE_PX.max, Math.max(least, wanted)) })
  }

  toLatest(): void {
    const room = this.#chart.timeScale().width() / (this.#shown.size + ROOM_BARS)
    this.#chart.timeScale().applyOptions({ barSpacing: Math.min(BAR_MAX_PX, Math.max(BAR_PX, room)) })
    this.#chart.timeScale().scrollToPosition(ROOM_BARS, false)
  }

  remove(): void {
    clearTimeout(this.#resting)
    this.#chart.remove()
  }

  #tellSight(): void {
    const scale = this.#chart.timeScale()
    const range = scale.getVisibleLogicalRange()
    const sight = range && sightOf(this.#stamps(), range, scale.width())
    if (sight) this.#onSight(sight)
  }

  #stamps(): number[] {
    return [...this.#shown.values()].map((bar) => bar.ts)
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
