const paper = '#323232'
const ink = '#f2f2f2'
const line = '#5a5a5a'

/**
 * The dark theme of charts. That of nebula.js itself has white words on the white head of a table, white grid lines,
 * and grey titles that are hard to read.
 */
export const darkTheme = {
  id: 'emulator-dark',
  load: async () => ({
    type: 'dark' as const,
    object: {
      title: { main: { color: ink }, subTitle: { color: ink }, footer: { color: ink } },
      axis: { line: { major: { color: line }, minor: { color: line } } },
      grid: { line: { major: { color: line }, minor: { color: line } } },
      straightTableV2: {
        backgroundColor: paper,
        header: { color: ink },
        content: { color: ink },
      },
    },
  }),
}
