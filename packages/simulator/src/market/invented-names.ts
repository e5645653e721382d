// Company and fund names that do not exist, and tickers that look as if made from them.
import { mix, uniform } from './hash.ts'

const PLACES =
  'Alder Amber Ashford Aspen Atlas Aurora Beacon Birch Blackstream Bluewater Bramble Bridgeport Brightwell Bristol Calder Camden Canyon Cascade Cedar Chesterfield Clearfork Cobalt Copper Coral Crestview Crosswind Cypress Dalton Deepwell Delmar Dunmore Eastgate Echo Edgewater Elmwood Emberly Everfield Fairmont Falcon Fernhill Flint Foxglove Frontier Galloway Garnet Glacier Glenwood Granite Greenbriar Halcyon Harborline Hawthorn Hazel Highmark Hillcrest Ironwood Ivory Jasper Juniper Kestrel Keystone Kingsley Lakeshore Lantern Larkspur Laurel Linden Longview Lumen Lyric Maplewood Meridian Midland Milestone Mistral Moonstone Newbury Nimbus Northgate Oakhurst Obsidian Olive Onyx Orchard Osprey Overlook Palisade Parkway Pebble Peregrine Pinnacle Pioneer Prairie Quarry Quill Radiant Ravenwood Redwood Ridgeline Riverbend Rockwell Rowan Sable Saffron Sagebrush Salem Sandstone Sequoia Seven Shoreline Sierra Silverton Skyline Solstice Southfork Spruce Sterling Stonebridge Summit Sycamore Tamarack Thistle Thornton Tidewater Timber Topaz Tribeca Umber Valewood Vantage Verdant Vermont Vista Walnut Westbrook Whitecap Wildwood Willow Windward Wolcott Yarrow Zenith'.split(
    ' ',
  )
const TRADES =
  'Therapeutics Biosciences Pharmaceuticals Oncology Diagnostics Medical Genomics Energy Resources Petroleum Midstream Solar Lithium Gold Uranium Metals Bancorp Financial Capital Insurance Trust Realty Properties Hospitality Logistics Freight Marine Airways Aerospace Defense Robotics Semiconductor Photonics Networks Software Systems Data Cloud Cyber Interactive Media Entertainment Gaming Brands Foods Beverage Restaurants Apparel Retail Home Materials Chemical Packaging Paper Steel Industries Machinery Tools Electric Power Water Utilities Education Learning Mobility Motors Batteries Hydrogen Agri Outdoor Wireless Telecom Acquisition Holdings Partners Ventures Labs'.split(
    ' ',
  )
const FORMS = [
  'Inc.',
  'Inc.',
  'Inc.',
  'Corporation',
  'Corp.',
  'Ltd.',
  'Company',
  'Group, Inc.',
  'Holdings, Inc.',
  'plc',
]
const FUND_HOUSES =
  'Alderline Brightpath Coretrail Dunmore Everstep Fieldstone Globemark Highmark Indexia Keyridge Lightmile Northfold Openshare Plainview Quantile Ridgepath Stonefolio Trueline Unifold Waypoint'.split(
    ' ',
  )
const FUND_THEMES =
  'Large Cap|Mid Cap|Small Cap|Total Market|Dividend Growth|High Dividend|Low Volatility|Momentum|Quality|Value|Growth|Equal Weight|International|Emerging Markets|Europe|Japan|India|Latin America|Treasury Bond|Corporate Bond|High Yield Bond|Municipal Bond|Inflation Protected|Ultra Short Income|Preferred Income|Covered Call|Buffer|Clean Energy|Water|Infrastructure|Real Estate|Gold Miners|Commodity|Cybersecurity|Artificial Intelligence|Robotics|Semiconductor|Cloud|Biotech|Medical Devices|Regional Banks|Insurance|Aerospace|Homebuilders|Retail|Transport|Utilities|Materials|Energy|Uranium'.split(
    '|',
  )
const FUND_KINDS = [
  'ETF',
  'ETF',
  'Index ETF',
  'Select ETF',
  'Active ETF',
  'Leaders ETF',
  '2x Daily ETF',
  'Strategy ETF',
]

const pick = <T>(list: readonly T[], a: number, b: number): T => list[mix(a, b) % list.length]!

export const inventCompany = (key: number): string =>
  `${pick(PLACES, key, 1)} ${pick(TRADES, key, 2)} ${pick(FORMS, key, 3)}`

export const inventFund = (key: number): string =>
  `${pick(FUND_HOUSES, key, 1)} ${pick(FUND_THEMES, key, 2)} ${pick(FUND_KINDS, key, 3)}`

/** A free ticker of 2 to 5 letters, the first of the name leading; tries on until one is not taken. */
export function inventTicker(key: number, name: string, taken: ReadonlySet<string>): string {
  const letters = name.toUpperCase().replace(/[^A-Z]/g, '')
  const length = lengthOf(uniform(key, 11))
  for (let attempt = 0; ; attempt++) {
    // After many tries the name no longer binds.
    const free = attempt > 40
    let ticker = free ? letter(key, attempt) : letters[0]!
    for (let i = 1; i < length; i++) {
      const at = mix(key, attempt * 8 + i + 100)
      const fromName = !free && at % 3 !== 0
      ticker += fromName ? letters[1 + (at % (letters.length - 1))]! : letter(at, attempt + i)
    }
    if (!taken.has(ticker)) return ticker
  }
}

const letter = (a: number, b: number): string => String.fromCharCode(65 + (mix(a, b) % 26))
const lengthOf = (u: number): number => (u < 0.02 ? 2 : u < 0.24 ? 3 : u < 0.95 ? 4 : 5)
