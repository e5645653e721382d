// Real companies and funds a newcomer looks for first. Prices, volumes and growth are plausible levels for late 2026,
// not quotations. symbol | name | exchange | type | price | million shares a day | daily volatility % | growth % a
// year | quarterly dividend | first date where later than 2005
const TABLE = `
AAPL|Apple Inc.|Q|CS|268.4|52|1.5|24|0.26
MSFT|Microsoft Corporation|Q|CS|512.3|21|1.3|15|0.91
NVDA|NVIDIA Corporation|Q|CS|192.6|175|2.4|33|0.01
GOOGL|Alphabet Inc. Class A|Q|CS|291.2|34|1.6|19|0.21
GOOG|Alphabet Inc. Class C|Q|CS|292.1|22|1.6|19|0.21|2014-03-27
AMZN|Amazon.com, Inc.|Q|CS|236.8|41|1.7|23|0
META|Meta Platforms, Inc. Class A|Q|CS|668.9|13|1.9|20|0.53|2012-05-18
TSLA|Tesla, Inc.|Q|CS|412.7|82|3.1|30|0|2010-06-29
BRK.B|Berkshire Hathaway Inc. Class B|N|CS|498.4|4.1|1|10|0
BRK.A|Berkshire Hathaway Inc. Class A|N|CS|747800|0.0009|1|10|0
AVGO|Broadcom Inc.|Q|CS|356.1|24|2.3|28|0.65|2009-08-06
LLY|Eli Lilly and Company|N|CS|842.5|3.4|1.7|15|1.5
JPM|JPMorgan Chase & Co.|N|CS|304.6|8.9|1.3|10|1.5
V|Visa Inc.|N|CS|338.2|6.3|1.1|15|0.67|2008-03-19
MA|Mastercard Incorporated|N|CS|552.7|2.8|1.2|18|0.76|2006-05-25
WMT|Walmart Inc.|N|CS|104.3|16|1.1|10|0.235
XOM|Exxon Mobil Corporation|N|CS|117.8|15|1.3|5|1.03
UNH|UnitedHealth Group Incorporated|N|CS|341.9|8.2|1.8|12|2.21
JNJ|Johnson & Johnson|N|CS|198.6|8.1|0.9|6|1.3
PG|The Procter & Gamble Company|N|CS|148.7|8.4|0.9|5|1.06
HD|The Home Depot, Inc.|N|CS|371.4|3.9|1.2|12|2.3
COST|Costco Wholesale Corporation|Q|CS|918.5|2.1|1.1|15|1.3
ORCL|Oracle Corporation|N|CS|224.9|21|2.2|13|0.5
NFLX|Netflix, Inc.|Q|CS|112.3|38|2|28|0
BAC|Bank of America Corporation|N|CS|52.6|34|1.4|4|0.28
ABBV|AbbVie Inc.|N|CS|231.8|5.4|1.2|14|1.73|2013-01-02
KO|The Coca-Cola Company|N|CS|71.2|15|0.8|6|0.51
PEP|PepsiCo, Inc.|Q|CS|144.9|7.3|0.9|5|1.4225
CVX|Chevron Corporation|N|CS|154.6|8.2|1.3|6|1.71
MRK|Merck & Co., Inc.|N|CS|91.5|13|1.2|6|0.81
AMD|Advanced Micro Devices, Inc.|Q|CS|228.7|42|3|20|0
ADBE|Adobe Inc.|Q|CS|342.6|4.2|1.8|12|0
CRM|Salesforce, Inc.|N|CS|248.3|7.4|1.8|15|0.416
CSCO|Cisco Systems, Inc.|Q|CS|76.8|21|1.2|7|0.41
INTC|Intel Corporation|Q|CS|38.4|88|2.7|3|0
IBM|International Business Machines Corporation|N|CS|302.8|4.6|1.3|6|1.68
QCOM|QUALCOMM Incorporated|Q|CS|172.4|8.6|1.9|9|0.89
TXN|Texas Instruments Incorporated|Q|CS|171.6|6.9|1.6|10|1.42
MU|Micron Technology, Inc.|Q|CS|241.3|24|2.9|14|0.115
AMAT|Applied Materials, Inc.|Q|CS|231.9|7.2|2.2|14|0.46
LRCX|Lam Research Corporation|Q|CS|158.4|11|2.4|18|0.26
KLAC|KLA Corporation|Q|CS|1188.5|0.9|2.1|18|1.9
INTU|Intuit Inc.|Q|CS|661.3|1.6|1.6|18|1.2
NOW|ServiceNow, Inc.|N|CS|846.2|1.7|1.9|24|0|2012-06-29
UBER|Uber Technologies, Inc.|N|CS|91.6|18|2.1|14|0|2019-05-10
ABNB|Airbnb, Inc. Class A|Q|CS|121.9|5.3|2|2|0|2020-12-10
PLTR|Palantir Technologies Inc.|Q|CS|176.4|58|3.4|40|0|2020-09-30
SNOW|Snowflake Inc.|N|CS|251.8|5.1|2.8|5|0|2020-09-16
CRWD|CrowdStrike Holdings, Inc.|Q|CS|512.9|2.6|2.4|28|0|2019-06-12
PANW|Palo Alto Networks, Inc.|Q|CS|206.3|6.2|1.9|22|0|2012-07-20
SHOP|Shopify Inc. Class A|Q|CS|158.7|8.4|2.8|32|0|2015-05-20
SPOT|Spotify Technology S.A.|N|CS|624.5|1.9|2.2|18|0|2018-04-03
COIN|Coinbase Global, Inc. Class A|Q|CS|271.5|9.6|3.8|5|0|2021-04-14
HOOD|Robinhood Markets, Inc. Class A|Q|CS|121.4|32|3.7|30|0|2021-07-29
SQ|Block, Inc. Class A|N|CS|64.8|9.3|2.8|12|0|2015-11-19
PYPL|PayPal Holdings, Inc.|Q|CS|62.9|14|2|5|0.14|2015-07-20
DIS|The Walt Disney Company|N|CS|106.8|9.4|1.4|6|0.5
CMCSA|Comcast Corporation Class A|Q|CS|28.1|27|1.4|4|0.33
T|AT&T Inc.|N|CS|25.8|36|1.1|2|0.2775
VZ|Verizon Communications Inc.|N|CS|40.9|21|1|2|0.69
TMUS|T-Mobile US, Inc.|Q|CS|214.6|5.2|1.2|14|1.02|2007-04-19
NKE|NIKE, Inc. Class B|N|CS|63.9|15|1.7|8|0.4
MCD|McDonald's Corporation|N|CS|304.7|3.3|0.9|11|1.86
SBUX|Starbucks Corporation|Q|CS|84.6|9.2|1.5|9|0.62
CMG|Chipotle Mexican Grill, Inc.|N|CS|33.4|19|1.9|16|0|2006-01-26
LOW|Lowe's Companies, Inc.|N|CS|231.8|2.7|1.3|11|1.2
TGT|Target Corporation|N|CS|91.2|6.9|1.7|4|1.14
BKNG|Booking Holdings Inc.|Q|CS|4862.5|0.25|1.5|22|9.6
CAT|Caterpillar Inc.|N|CS|562.9|3.1|1.6|13|1.51
DE|Deere & Company|N|CS|476.3|1.4|1.4|12|1.62
BA|The Boeing Company|N|CS|192.7|8.1|1.9|6|0
GE|GE Aerospace|N|CS|302.8|4.9|1.6|4|0.36
HON|Honeywell International Inc.|Q|CS|196.4|3.6|1.1|8|1.19
UPS|United Parcel Service, Inc. Class B|N|CS|94.1|6.1|1.4|2|1.64
FDX|FedEx Corporation|N|CS|268.5|1.8|1.6|5|1.45
LMT|Lockheed Martin Corporation|N|CS|462.9|1.5|1.2|10|3.45
RTX|RTX Corporation|N|CS|174.6|5.2|1.2|7|0.68
UNP|Union Pacific Corporation|N|CS|224.3|2.9|1.1|11|1.38
GS|The Goldman Sachs Group, Inc.|N|CS|782.6|2.1|1.5|10|4
MS|Morgan Stanley|N|CS|164.8|5.6|1.5|6|1
WFC|Wells Fargo & Company|N|CS|84.9|14|1.4|5|0.45
C|Citigroup Inc.|N|CS|98.6|13|1.6|2|0.6
BLK|BlackRock, Inc.|N|CS|1042.3|0.6|1.3|12|5.21
SCHW|The Charles Schwab Corporation|N|CS|93.7|9.1|1.6|10|0.27
AXP|American Express Company|N|CS|352.6|2.7|1.5|9|0.82
SPGI|S&P Global Inc.|N|CS|492.8|1.3|1.2|13|0.96
PFE|Pfizer Inc.|N|CS|24.9|48|1.2|1|0.43
TMO|Thermo Fisher Scientific Inc.|N|CS|568.4|1.8|1.4|14|0.43
ABT|Abbott Laboratories|N|CS|128.6|6.3|1.1|10|0.59
DHR|Danaher Corporation|N|CS|221.7|3.4|1.4|13|0.32
AMGN|Amgen Inc.|Q|CS|318.6|2.4|1.3|9|2.38
GILD|Gilead Sciences, Inc.|Q|CS|122.3|6.2|1.3|12|0.79
BMY|Bristol-Myers Squibb Company|N|CS|47.3|13|1.3|3|0.62
CVS|CVS Health Corporation|N|CS|79.4|8.8|1.5|6|0.665
ISRG|Intuitive Surgical, Inc.|Q|CS|558.4|2.1|1.7|24|0
MDT|Medtronic plc|N|CS|96.2|6.5|1.1|4|0.71
VRTX|Vertex Pharmaceuticals Incorporated|Q|CS|428.9|1.5|1.7|20|0
REGN|Regeneron Pharmaceuticals, Inc.|Q|CS|682.5|0.9|1.8|22|0.88
MRNA|Moderna, Inc.|Q|CS|26.3|11|3.6|2|0|2018-12-07
NEE|NextEra Energy, Inc.|N|CS|84.6|10|1.2|11|0.5665
SO|The Southern Company|N|CS|91.8|4.8|0.9|6|0.74
DUK|Duke Energy Corporation|N|CS|123.5|3.2|0.9|5|1.065
LIN|Linde plc|Q|CS|428.4|2.1|1|13|1.5
COP|ConocoPhillips|N|CS|90.7|7.4|1.7|8|0.84
SLB|SLB Limited|N|CS|36.8|15|1.9|1|0.285
OXY|Occidental Petroleum Corporation|N|CS|42.6|11|1.9|3|0.26
F|Ford Motor Company|N|CS|13.2|62|1.8|1|0.15
GM|General Motors Company|N|CS|70.4|8.3|1.8|5|0.15|2010-11-18
RIVN|Rivian Automotive, Inc. Class A|Q|CS|15.6|32|3.8|-20|0|2021-11-10
MO|Altria Group, Inc.|N|CS|58.7|8.6|1|7|1.06
PM|Philip Morris International Inc.|N|CS|152.9|5.6|1.1|8|1.47|2008-03-17
CL|Colgate-Palmolive Company|N|CS|79.3|5.1|0.9|6|0.52
MDLZ|Mondelez International, Inc. Class A|Q|CS|57.2|8.9|1|6|0.5
EMR|Emerson Electric Co.|N|CS|132.6|2.9|1.4|7|0.5275
MMM|3M Company|N|CS|168.4|3.2|1.3|4|0.73
AIG|American International Group, Inc.|N|CS|77.9|4.4|1.3|3|0.45
MET|MetLife, Inc.|N|CS|77.2|3.6|1.4|4|0.5675
USB|U.S. Bancorp|N|CS|47.4|9.1|1.3|3|0.52
BK|The Bank of New York Mellon Corporation|N|CS|109.8|3.9|1.2|7|0.53
COF|Capital One Financial Corporation|N|CS|214.6|3.9|1.7|6|0.8
SPG|Simon Property Group, Inc.|N|CS|182.6|1.6|1.3|6|2.15
AMT|American Tower Corporation|N|CS|181.9|2.7|1.3|10|1.7
CHTR|Charter Communications, Inc. Class A|Q|CS|208.4|2.4|2|6|0|2010-01-05
GD|General Dynamics Corporation|N|CS|342.7|1.2|1.1|9|1.5
ACN|Accenture plc|N|CS|248.6|3.8|1.4|11|1.63
TXT|Textron Inc.|N|CS|80.6|1.3|1.5|4|0.02
DOW|Dow Inc.|N|CS|23.2|13|1.9|-4|0.35|2019-04-02
KHC|The Kraft Heinz Company|Q|CS|24.8|13|1.1|-4|0.4|2015-07-06
WBD|Warner Bros. Discovery, Inc.|Q|CS|22.9|38|2.6|-2|0|2022-04-11
SOFI|SoFi Technologies, Inc.|Q|CS|27.4|68|3.4|14|0|2021-06-01
MARA|MARA Holdings, Inc.|Q|CS|12.3|46|5.2|2|0|2012-05-04
GME|GameStop Corp. Class A|N|CS|21.6|8.2|3.4|8|0
AMC|AMC Entertainment Holdings, Inc. Class A|N|CS|2.41|21|4.2|-30|0|2013-12-18
NIO|NIO Inc.|N|ADRC|6.02|42|3.9|2|0|2018-09-12
BABA|Alibaba Group Holding Limited|N|ADRC|154.7|14|2.4|5|0|2014-09-19
TSM|Taiwan Semiconductor Manufacturing Company Limited|N|ADRC|286.4|12|1.9|18|0.75
ASML|ASML Holding N.V.|Q|ADRC|1022.6|1.4|2|20|1.6
NVO|Novo Nordisk A/S|N|ADRC|47.9|14|2|14|0
SAP|SAP SE|N|ADRC|242.8|1.3|1.4|10|0
TM|Toyota Motor Corporation|N|ADRC|202.4|0.4|1.2|5|0
SONY|Sony Group Corporation|N|ADRC|28.6|4.2|1.5|8|0
SHEL|Shell plc|N|ADRC|74.3|4.4|1.2|3|0.716|2022-01-31
DELL|Dell Technologies Inc. Class C|N|CS|131.8|6.1|2.5|22|0.525|2018-12-28
HPQ|HP Inc.|N|CS|24.6|10|1.7|3|0.2894
SMCI|Super Micro Computer, Inc.|Q|CS|36.2|28|4.6|22|0|2007-03-29
ARM|Arm Holdings plc|Q|ADRC|142.7|6.4|3.2|28|0|2023-09-14
ORLY|O'Reilly Automotive, Inc.|Q|CS|99.6|5.3|1.2|19|0
SPY|SPDR S&P 500 ETF Trust|P|ETF|668.7|64|0.9|9.5|1.83
QQQ|Invesco QQQ Trust, Series 1|Q|ETF|602.4|44|1.2|14|0.69
IWM|iShares Russell 2000 ETF|P|ETF|241.8|31|1.4|7|0.66
DIA|SPDR Dow Jones Industrial Average ETF Trust|P|ETF|464.3|3.6|0.9|8|0.6
VTI|Vanguard Total Stock Market ETF|P|ETF|328.9|3.4|0.9|9.5|0.91
VOO|Vanguard S&P 500 ETF|P|ETF|614.7|6.8|0.9|11|1.74|2010-09-09
IVV|iShares Core S&P 500 ETF|P|ETF|671.9|6.1|0.9|9.5|2
GLD|SPDR Gold Shares|P|ETF|376.5|10|1|10|0
SLV|iShares Silver Trust|P|ETF|46.9|28|1.8|7|0|2006-04-28
TLT|iShares 20+ Year Treasury Bond ETF|Q|ETF|89.3|34|0.9|0|0.98
HYG|iShares iBoxx $ High Yield Corporate Bond ETF|P|ETF|80.6|38|0.4|0|1.15|2007-04-11
XLF|Financial Select Sector SPDR Fund|P|ETF|52.8|38|1.1|5|0.19
XLK|Technology Select Sector SPDR Fund|P|ETF|284.6|6.2|1.4|13|0.38
XLE|Energy Select Sector SPDR Fund|P|ETF|90.2|15|1.5|4|0.7
XLV|Health Care Select Sector SPDR Fund|P|ETF|148.9|10|0.9|8|0.61
EEM|iShares MSCI Emerging Markets ETF|P|ETF|54.2|29|1.1|2|0.4
EFA|iShares MSCI EAFE ETF|P|ETF|94.7|15|0.9|3|0.9
VWO|Vanguard FTSE Emerging Markets ETF|P|ETF|54.6|9.2|1|3|0.35|2005-03-10
ARKK|ARK Innovation ETF|P|ETF|78.4|9.1|2.5|10|0|2014-10-31
SMH|VanEck Semiconductor ETF|Q|ETF|348.6|8.2|1.9|18|0
TQQQ|ProShares UltraPro QQQ|Q|ETF|52.8|72|3.5|25|0.08|2010-02-11
SQQQ|ProShares UltraPro Short QQQ|Q|ETF|70.6|36|3.5|-55|0.6|2010-02-11
IBIT|iShares Bitcoin Trust ETF|Q|ETF|52.4|48|2.9|25|0|2024-01-11
`

const EXCHANGES: Record<string, string> = { N: 'XNYS', Q: 'XNAS', P: 'ARCX', Z: 'BATS' }

export interface KnownStock {
  symbol: string
  name: string
  exchange: string
  type: string
  price: number
  volume: number
  volatility: number
  growth: number
  quarterlyDividend: number
  listed: string
}

export const KNOWN_STOCKS: readonly KnownStock[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [symbol, name, exchange, type, price, millions, volatility, growth, dividend, listed] =
      line.split('|')
    return {
      symbol: symbol!,
      name: name!,
      exchange: EXCHANGES[exchange!]!,
      type: type!,
      price: Number(price),
      volume: Number(millions) * 1e6,
      volatility: Number(volatility) / 100,
      growth: Number(growth) / 100,
      quarterlyDividend: Number(dividend),
      listed: listed ?? '2005-01-03',
    }
  })
