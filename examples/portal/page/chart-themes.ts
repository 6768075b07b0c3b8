/** nebula.js draws on canvas and cannot read the page's CSS: the same colours, for its charts. */
const fontFamily =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'

interface Colours {
  ink: string
  muted: string
  line: string
  accent: string
}

function toTheme(type: 'light' | 'dark', { ink, muted, line, accent }: Colours) {
  return {
    type,
    fontFamily,
    color: ink,
    backgroundColor: 'transparent',
    dataColors: {
      primaryColor: accent,
      othersColor: muted,
      errorColor: '#b5462f',
      nullColor: muted,
    },
    // What `{ index: 1 }` stands for in a chart's properties.
    palettes: { ui: [{ name: 'Portal', colors: [accent] }] },
    object: {
      axis: {
        line: { major: { color: line }, minor: { color: line } },
        label: { name: { color: muted }, value: { color: muted } },
      },
      grid: {
        line: { major: { color: line }, minor: { color: line }, highContrast: { color: muted } },
      },
      label: { value: { color: ink } },
    },
  }
}

/** The portal's themes for nebula.js. */
export const themes = [
  {
    id: 'portal-light',
    load: async () =>
      toTheme('light', { ink: '#1b2421', muted: '#59635e', line: '#dcd7ca', accent: '#17594a' }),
  },
  {
    id: 'portal-dark',
    load: async () =>
      toTheme('dark', { ink: '#ebeee8', muted: '#a4afa8', line: '#303a35', accent: '#7fd1b2' }),
  },
]
