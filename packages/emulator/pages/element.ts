type Attributes = Readonly<Record<string, string | number | boolean | EventListener | undefined>>
export type Child = Node | string | number | undefined | false

/** Adds children; text is always text, never markup. */
export function append(parent: Node, children: readonly Child[]): void {
  for (const child of children)
    if (child !== undefined && child !== false)
      parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)))
}

/** Makes an element; a function under `onclick` and its like becomes a listener. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  append(element, children)
  return element
}

export function button(label: string, onclick: () => void, attributes: Attributes = {}) {
  return h('button', { type: 'button', onclick, ...attributes }, label)
}

/** A table with a caption for those who hear it, in a box that scrolls sideways by itself. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Child[])[],
  empty = 'Nothing yet.',
): HTMLElement {
  if (rows.length === 0) return h('p', { class: 'empty' }, empty)
  // A column of buttons has a name for those who hear it alone.
  const titles = columns.map((one) => one || h('span', { class: 'unseen' }, 'Action'))
  const head = h('tr', {}, ...titles.map((title) => h('th', { scope: 'col' }, title)))
  const body = rows.map((cells) => h('tr', {}, ...cells.map((cell) => h('td', {}, cell))))
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', { class: 'unseen' }, caption),
      h('thead', {}, head),
      h('tbody', {}, ...body),
    ),
  )
}

/** Names and values; what is undefined is omitted. */
export function facts(entries: readonly (readonly [string, Child])[]): HTMLElement {
  const known = entries.filter(([, value]) => value !== undefined && value !== '')
  const pairs = known.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))
  return h('dl', { class: 'facts' }, ...pairs)
}

export function json(value: unknown, label: string): HTMLElement {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return h('pre', { tabindex: 0, role: 'region', 'aria-label': label }, text)
}

export function code(text: string): HTMLElement {
  return h('code', {}, text)
}

export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren()
  append(parent, children)
}

/** The clock's part of a date, which is enough among requests of one sitting. */
export function timeOf(iso: string): string {
  return iso.slice(11, 23)
}
