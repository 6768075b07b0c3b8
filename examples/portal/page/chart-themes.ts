/** The theme that Qlik's own pages are asked for. */
export function qlikTheme(): 'sense' | 'sense-dark' {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'sense-dark' : 'sense'
}

/** nebula.js draws on canvas and cannot read the page's CSS: the same colours, for its charts. */
const fontFamily =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'

interface Colours {
  ink: string
  muted: string
  line: string
  accent: string
  surface: string
  /** For the parts of a pie: next to each other they can be told apart, also by who sees no red or green. */
  parts: readonly string[]
}

function toTheme(type: 'light' | 'dark', { ink, muted, line, accent, surface, parts }: Colours) {
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
    palettes: {
      ui: [{ name: 'Portal', colors: [accent] }],
      data: [{ propertyValue: '12', name: 'Portal', type: 'row', scale: parts }],
    },
    object: {
      axis: {
        line: { major: { color: line }, minor: { color: line } },
        label: { name: { color: muted }, value: { color: muted } },
      },
      grid: {
        line: { major: { color: line }, minor: { color: line }, highContrast: { color: muted } },
      },
      label: { value: { color: ink } },
      legend: { title: { color: muted }, label: { color: ink } },
      straightTableV2: {
        backgroundColor: surface,
        header: { color: ink },
        content: { color: ink },
      },
      listBox: {
        backgroundColor: surface,
        title: { main: { color: ink } },
        content: { color: ink },
      },
    },
  }
}

/** The portal's themes for nebula.js. */
export const themes = [
  {
    id: 'portal-light',
    load: async () =>
      toTheme('light', {
        ink: '#1b2421',
        muted: '#59635e',
        line: '#dcd7ca',
        accent: '#17594a',
        surface: '#fffdf9',
        parts: [
          '#17594a',
          '#d59f36',
          '#3d5a8f',
          '#a8c5b8',
          '#8a4f2a',
          '#6d7a74',
          '#c9b27c',
          '#20302a',
        ],
      }),
  },
  {
    id: 'portal-dark',
    load: async () =>
      toTheme('dark', {
        ink: '#ebeee8',
        muted: '#a4afa8',
        line: '#303a35',
        accent: '#7fd1b2',
        surface: '#19211d',
        parts: [
          '#7fd1b2',
          '#e3b95f',
          '#8fabdd',
          '#4a8f78',
          '#d08b62',
          '#a4afa8',
          '#8a7a4a',
          '#ebeee8',
        ],
      }),
  },
]
