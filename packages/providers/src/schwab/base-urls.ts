export const BASE_URLS = { rest: 'https://api.schwabapi.com' }
