import type { TablePreview } from '../../../src/engine/data/preview.ts'
import { code, h, replace, table } from '../../element.ts'
import { get } from '../api.ts'
import { run, type View } from '../view.ts'

interface ShownApp {
  readonly id: string
  readonly name: string
  readonly rowCount?: number
}

/** The apps and what is in them. */
export function createDataView(): View {
  const select = h('select', { id: 'app' })
  const content = h('div')

  const showApp = async () => {
    if (select.value === '') return
    const { rowCount, fields, rows, ...preview } = await get<TablePreview>(
      `/apps/${encodeURIComponent(select.value)}`,
    )
    replace(
      content,
      h(
        'p',
        {},
        'App ID ',
        code(select.value),
        ` · table ${preview.table} · ${rowCount.toLocaleString('en')} rows · ${fields.length} fields`,
      ),
      h('h2', {}, 'Fields'),
      table(
        'Fields',
        ['Name', 'Different values', 'Tags'],
        fields.map(({ name, distinct, tags }) => [
          code(name),
          distinct.toLocaleString('en'),
          tags.join(' '),
        ]),
      ),
      h('h2', {}, `First ${rows.length} rows`),
      h(
        'p',
        { class: 'hint' },
        'All rows, before section access takes any away. A dash is a missing value.',
      ),
      table(
        'First rows',
        fields.map(({ name }) => name),
        rows.map((cells) => cells.map((cell) => cell ?? '–')),
      ),
    )
  }
  select.addEventListener('change', () => run(showApp))

  return {
    name: 'data',
    title: 'Data',
    element: h(
      'section',
      { 'aria-labelledby': 'data-title' },
      h('h1', { id: 'data-title' }, 'Data'),
      h('div', { class: 'tools' }, h('label', { for: 'app' }, 'App'), select),
      content,
    ),
    async refresh() {
      const { apps } = await get<{ apps: ShownApp[] }>('/apps')
      const before = select.value
      replace(select, ...apps.map(({ id, name }) => h('option', { value: id }, name)))
      if (apps.some(({ id }) => id === before)) select.value = before
      if (apps.length === 0) replace(content, h('p', { class: 'empty' }, 'There is no app.'))
      await showApp()
    },
  }
}
