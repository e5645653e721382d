// The chart library set up: candles above, volume below, one scale of time.
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
} from 'lightweight-charts'
import { ROOM_BARS } from './chart-sight.ts'
import { formatVolume } from './number-format.ts'

export interface ChartParts {
  chart: IChartApi
  candles: ISeriesApi<'Candlestick'>
  volumes: ISeriesApi<'Histogram'>
  markers: ISeriesMarkersPluginApi<Time>
}

export const BAR_PX = 7
export const BAR_RANGE_PX = { min: 0.6, max: 60 }
/** Below it the legend takes two lines. */
const NARROW_PX = 600

export function createParts(container: HTMLElement): ChartParts {
  const chart = createChart(container, {
    autoSize: true,
    crosshair: { mode: CrosshairMode.Normal },
    timeScale: { barSpacing: BAR_PX, rightOffset: ROOM_BARS, minBarSpacing: BAR_RANGE_PX.min },
    rightPriceScale: {
      scaleMargins: { top: container.clientWidth < NARROW_PX ? 0.18 : 0.1, bottom: 0.06 },
    },
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
  return { chart, candles, volumes, markers }
}
