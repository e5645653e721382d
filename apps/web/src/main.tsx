import './styles.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRouter, RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { followWhileSignedIn } from './api/follow.ts'
import { queryClient } from './api/trpc.ts'
import { routeTree } from './routeTree.gen.ts'

const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  // Keys read as they are written: /i/equity:US:AAPL.
  pathParamsAllowedCharacters: [':', '@'],
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

// The API was updated under an open page, and a part of the old build is gone.
window.addEventListener('vite:preloadError', () => window.location.reload())

followWhileSignedIn(queryClient)
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
