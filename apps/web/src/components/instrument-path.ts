/** Address of an instrument's page, written as the router writes it: `/i/equity:US:AAPL`. */
export const instrumentPath = (key: string): string =>
  `/i/${encodeURIComponent(key).replaceAll('%3A', ':').replaceAll('%40', '@')}`
