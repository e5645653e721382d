// The core tier as it is shipped: liquid US listings that everybody knows, the stock indices above them, the large
// crypto pairs and the pairs of currencies that are dealt most. Minted at start
// even when no vendor can be reached, so that a live tape without network still knows what it is about.
import type { InstrumentInfo } from '@onetape/market'

const STOCKS = `AAPL Apple Inc.|MSFT Microsoft Corporation|NVDA NVIDIA Corporation|GOOGL Alphabet Inc. Class A
GOOG Alphabet Inc. Class C|AMZN Amazon.com, Inc.|META Meta Platforms, Inc.|TSLA Tesla, Inc.|AVGO Broadcom Inc.
BRK.B Berkshire Hathaway Inc. Class B|LLY Eli Lilly and Company|JPM JPMorgan Chase & Co.|V Visa Inc.
MA Mastercard Incorporated|UNH UnitedHealth Group Incorporated|XOM Exxon Mobil Corporation|CVX Chevron Corporation
WMT Walmart Inc.|COST Costco Wholesale Corporation|HD The Home Depot, Inc.|LOW Lowe's Companies, Inc.
PG The Procter & Gamble Company|KO The Coca-Cola Company|PEP PepsiCo, Inc.|JNJ Johnson & Johnson|MRK Merck & Co., Inc.
ABBV AbbVie Inc.|PFE Pfizer Inc.|TMO Thermo Fisher Scientific Inc.|ABT Abbott Laboratories|AMGN Amgen Inc.
GILD Gilead Sciences, Inc.|BMY Bristol-Myers Squibb Company|ISRG Intuitive Surgical, Inc.|ORCL Oracle Corporation
CRM Salesforce, Inc.|ADBE Adobe Inc.|NFLX Netflix, Inc.|AMD Advanced Micro Devices, Inc.|INTC Intel Corporation
QCOM QUALCOMM Incorporated|TXN Texas Instruments Incorporated|MU Micron Technology, Inc.|AMAT Applied Materials, Inc.
LRCX Lam Research Corporation|CSCO Cisco Systems, Inc.|IBM International Business Machines Corporation
ACN Accenture plc|NOW ServiceNow, Inc.|INTU Intuit Inc.|PANW Palo Alto Networks, Inc.|PLTR Palantir Technologies Inc.
UBER Uber Technologies, Inc.|ABNB Airbnb, Inc.|SHOP Shopify Inc.|COIN Coinbase Global, Inc.|PYPL PayPal Holdings, Inc.
BAC Bank of America Corporation|WFC Wells Fargo & Company|C Citigroup Inc.|GS The Goldman Sachs Group, Inc.
MS Morgan Stanley|SCHW The Charles Schwab Corporation|BLK BlackRock, Inc.|AXP American Express Company
DIS The Walt Disney Company|CMCSA Comcast Corporation|T AT&T Inc.|VZ Verizon Communications Inc.
TMUS T-Mobile US, Inc.|NKE NIKE, Inc.|SBUX Starbucks Corporation|MCD McDonald's Corporation
BKNG Booking Holdings Inc.|F Ford Motor Company|GM General Motors Company|BA The Boeing Company|CAT Caterpillar Inc.
DE Deere & Company|GE GE Aerospace|HON Honeywell International Inc.|LMT Lockheed Martin Corporation|RTX RTX Corporation
UPS United Parcel Service, Inc.|UNP Union Pacific Corporation|LIN Linde plc|SPGI S&P Global Inc.
NEE NextEra Energy, Inc.|COP ConocoPhillips|SLB SLB N.V.|PM Philip Morris International Inc.`

const FUNDS = `SPY SPDR S&P 500 ETF Trust|QQQ Invesco QQQ Trust|IWM iShares Russell 2000 ETF
DIA SPDR Dow Jones Industrial Average ETF Trust|VTI Vanguard Total Stock Market ETF|VOO Vanguard S&P 500 ETF
TLT iShares 20+ Year Treasury Bond ETF|GLD SPDR Gold Shares|XLF Financial Select Sector SPDR Fund
XLE Energy Select Sector SPDR Fund|XLK Technology Select Sector SPDR Fund|SMH VanEck Semiconductor ETF`

const PAIRS = `BTC-USD Bitcoin|ETH-USD Ethereum|SOL-USD Solana|XRP-USD XRP|DOGE-USD Dogecoin|ADA-USD Cardano
AVAX-USD Avalanche|LINK-USD Chainlink|LTC-USD Litecoin|DOT-USD Polkadot|BCH-USD Bitcoin Cash|UNI-USD Uniswap`

const CURRENCIES = `EUR-USD Euro / US dollar|GBP-USD Pound sterling / US dollar|USD-JPY US dollar / Japanese yen
USD-CHF US dollar / Swiss franc|AUD-USD Australian dollar / US dollar|USD-CAD US dollar / Canadian dollar
NZD-USD New Zealand dollar / US dollar|USD-MXN US dollar / Mexican peso|EUR-GBP Euro / Pound sterling
EUR-JPY Euro / Japanese yen|GBP-JPY Pound sterling / Japanese yen|EUR-CHF Euro / Swiss franc`

const INDICES = `SPX S&P 500 Index|NDX Nasdaq-100 Index|DJI Dow Jones Industrial Average|RUT Russell 2000 Index`

const entries = (text: string): { symbol: string; name: string }[] =>
  text.split(/[|\n]/).map((entry) => {
    const gap = entry.indexOf(' ')
    return { symbol: entry.slice(0, gap), name: entry.slice(gap + 1) }
  })

export const CORE_LIST: readonly InstrumentInfo[] = [
  ...entries(STOCKS).map((e) => ({
    ...e,
    assetClass: 'equity' as const,
    currency: 'USD',
    listingType: 'CS',
  })),
  ...entries(FUNDS).map((e) => ({
    ...e,
    assetClass: 'equity' as const,
    currency: 'USD',
    listingType: 'ETF',
  })),
  ...entries(PAIRS).map((e) => ({ ...e, assetClass: 'crypto' as const, currency: 'USD', listingType: null })),
  ...entries(CURRENCIES).map((e) => ({
    ...e,
    assetClass: 'fx' as const,
    // A rate is so many of the second for one of the first.
    currency: e.symbol.split('-')[1]!,
    listingType: null,
  })),
  ...entries(INDICES).map((e) => ({
    ...e,
    assetClass: 'index' as const,
    currency: 'USD',
    listingType: null,
  })),
]
