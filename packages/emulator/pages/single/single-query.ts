/** A selection that an address asks for. */
export interface WantedSelection {
  readonly field: string
  readonly values: readonly string[]
}

/** What an address of `/single/` or `/sense/app/…` asks for. */
export interface SingleQuery {
  readonly appId?: string
  readonly objectId?: string
  readonly sheetId?: string
  readonly identity?: string
  readonly bookmarkId?: string
  readonly csrfToken?: string
  /** The app's own page, not a part of it for an iframe. */
  readonly isAppPage: boolean
  readonly isDark: boolean
  readonly showsSelections: boolean
  readonly selects: boolean
  readonly isActive: boolean
  readonly clearsFirst: boolean
  readonly selections: readonly WantedSelection[]
}

/** Cuts at commas that stand in no brackets, and takes the brackets away: `[A, B],c`. */
function cutList(text: string): string[] {
  const parts = text.match(/\[(?:[^\]]|\]\])*\]|[^,]+/g) ?? []
  return parts.map((part) => {
    const trimmed = part.trim()
    return trimmed.startsWith('[') ? trimmed.slice(1, -1).replaceAll(']]', ']') : trimmed
  })
}

/** `$::Field,value,value`, with or without the name of the state in front. */
function parseSelection(text: string): WantedSelection | undefined {
  const [field, ...values] = cutList(text.replace(/^\$::/, ''))
  return field === undefined || values.length === 0 ? undefined : { field, values }
}

/**
 * Reads the address (qlik-cloud.md §8.5), below a prefix too; what it does not know, it leaves.
 *
 * @param prefersDark what the browser says: the app's own page goes by it, as the hub does, unless a theme is named
 */
export function parseSingleQuery(address: string, prefersDark = false): SingleQuery {
  const { pathname, searchParams } = new URL(address)
  const inPath = /^(?:\/[^/]+)?\/sense\/app\/([^/]+)(?:\/sheet\/([^/]+))?/.exec(pathname)
  const part = (index: number) => {
    const text = inPath?.[index]
    return text === undefined ? undefined : decodeURIComponent(text)
  }
  const named = (name: string) => searchParams.get(name) || undefined
  // Both `opt=ctxmenu,currsel` and repeated `opt` are seen.
  const options = searchParams.getAll('opt').flatMap((text) => text.toLowerCase().split(','))
  const wishes = searchParams.getAll('select')
  const optional = {
    appId: part(1) ?? named('appid'),
    objectId: named('obj'),
    sheetId: part(2) ?? named('sheet'),
    identity: named('identity'),
    bookmarkId: named('bookmark'),
    csrfToken: named('qlik-csrf-token'),
  }
  return {
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    isAppPage: inPath !== null,
    isDark: named('theme')?.includes('dark') ?? (inPath !== null && prefersDark),
    // The app's own pages always show the bar.
    showsSelections: inPath !== null || options.includes('currsel'),
    selects: !options.includes('noselections'),
    isActive: !options.includes('nointeraction'),
    clearsFirst: wishes.some((wish) => wish.toLowerCase() === 'clearall'),
    selections: wishes.flatMap((wish) => parseSelection(wish) ?? []),
  }
}
