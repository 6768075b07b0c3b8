import { append, h } from '../element.ts'
import { call, isApiFailure } from './api.ts'
import { run } from './view.ts'

/** One field of a form. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly help: string
  readonly kind?: 'text' | 'lines' | 'number' | 'choice'
  /** The values of a choice, each with what people read; the first is the default. */
  readonly choices?: readonly (readonly [value: string, label: string])[]
  /** What stands in it at first; nothing when omitted. */
  readonly value?: string
  /** The heading of the group that begins with this field. */
  readonly group?: string
}

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/** A form that saves by the control API and shows at the field itself what was refused. */
export interface SavingForm {
  readonly element: HTMLFormElement
  /** The input of a field, to fill it in. */
  input(name: string): Input
}

/**
 * Makes a form.
 *
 * @param options.toBody turns the texts of the fields into what is sent
 * @param options.onSaved is given the answer
 */
export function createForm<Saved>(options: {
  readonly id: string
  readonly label: string
  readonly fields: readonly Field[]
  readonly path: string
  readonly submit: string
  toBody(texts: Readonly<Record<string, string>>): unknown
  onSaved(saved: Saved): void
}): SavingForm {
  const { id, label, fields, path, submit, toBody, onSaved } = options
  const inputs = new Map<string, Input>()
  const problems = new Map<string, HTMLElement>()
  const form = h('form', { class: 'card', 'aria-label': label, novalidate: true, id })
  for (const field of fields) {
    const inputId = `${id}-${field.name}`
    const input = toInput(field, inputId)
    const problem = h('div', { id: `${inputId}-problem`, class: 'problem', role: 'alert' })
    inputs.set(field.name, input)
    problems.set(field.name, problem)
    if (field.group !== undefined) form.append(h('h2', {}, field.group))
    form.append(
      h(
        'div',
        { class: 'field' },
        h('label', { for: inputId }, field.label),
        h('p', { class: 'hint', id: `${inputId}-help` }, field.help),
        input,
        problem,
      ),
    )
  }
  form.append(
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'strong' }, submit)),
  )
  const clear = () => {
    for (const [name, problem] of problems) {
      problem.replaceChildren()
      inputs.get(name)?.removeAttribute('aria-invalid')
    }
  }
  const input = (name: string) => {
    const found = inputs.get(name)
    if (found === undefined) throw new Error(`the form has no field ${name}`)
    return found
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    clear()
    run(async () => {
      const texts = Object.fromEntries([...inputs].map(([name, one]) => [name, one.value]))
      try {
        const saved = await call<Saved>('POST', path, toBody(texts))
        form.reset()
        onSaved(saved)
      } catch (error) {
        if (!isApiFailure(error) || typeof error.body.field !== 'string') throw error
        const { field, error: text, hint } = error.body
        const problem = problems.get(String(field))
        if (problem !== undefined)
          append(problem, [h('p', {}, h('strong', {}, String(text))), h('p', {}, String(hint))])
        const wrong = input(String(field))
        wrong.setAttribute('aria-invalid', 'true')
        wrong.focus()
      }
    })
  })
  return { element: form, input }
}

function toInput({ name, kind = 'text', choices = [], value = '' }: Field, id: string): Input {
  const described = `${id}-help ${id}-problem`
  const attributes = { id, name, 'aria-describedby': described, spellcheck: 'false' }
  if (kind === 'lines') return h('textarea', { ...attributes, rows: 4 }, value)
  if (kind === 'choice')
    return h(
      'select',
      attributes,
      ...choices.map(([one, label]) => h('option', { value: one, selected: one === value }, label)),
    )
  return h('input', {
    ...attributes,
    type: 'text',
    value,
    autocomplete: 'off',
    inputmode: kind === 'number' ? 'numeric' : 'text',
  })
}
