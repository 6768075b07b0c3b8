/** What is kept for later pages. */
export interface PageStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
}

/** What a page has beside what every runtime has. Other programs, such as tests, have none of it. */
interface PageGlobals {
  readonly document?: EventTarget & { readonly visibilityState: string }
  readonly window?: EventTarget
  readonly navigator?: { readonly onLine?: boolean }
  readonly location?: { readonly href: string; readonly origin: string }
  readonly localStorage?: PageStorage
}

export const page = globalThis as PageGlobals

/** Where this page is, as Qlik's web integration has to list it. */
export function pageOrigin(): string {
  return page.location?.origin ?? ''
}
