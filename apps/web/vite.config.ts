import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const api = process.env.ONETAPE_API_URL ?? 'http://127.0.0.1:4681'
// The Host of the browser goes along: the API takes changes from a page of its own address alone.
const own = { target: api, changeOrigin: false }
const proxy = { '/trpc': own, '/api': own }

export default defineConfig({
  plugins: [
    tanstackRouter({ target: 'react', autoCodeSplitting: true, quoteStyle: 'single' }),
    react(),
    tailwindcss(),
  ],
  server: { port: 5173, proxy },
  preview: { port: 5173, proxy },
  build: {
    outDir: 'dist',
    target: 'es2022',
    rolldownOptions: {
      output: {
        codeSplitting: {
          // By how often they change: a new release of ours leaves these in the browser's cache.
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: 'chart', test: /node_modules[\\/](lightweight-charts|fancy-canvas)[\\/]/, priority: 3 },
            { name: 'data', test: /node_modules[\\/](@tanstack|@trpc)[\\/]/, priority: 2 },
          ],
        },
      },
    },
  },
})
