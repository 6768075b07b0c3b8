import { append, h } from '../element.ts'
import { call, isApiFailure } from './api.ts'
import { run } from './view.ts'

/** One field of a form. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly help: string
  readonly kind?: 'text' | 'lines' | 'number'
}

/** A form that saves by the control API and shows at the field itself what was refused. */
export interface SavingForm {
  readonly element: HTMLFormElement
  /** The input of a field, to fill it in. */
  input(name: string): HTMLInputElement | HTMLTextAreaElement
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
  const inputs = new Map<string, HTMLInputElement | HTMLTextAreaElement>()
  const problems = new Map<string, HTMLElement>()
  const form = h('form', { class: 'card', 'aria-label': label, novalidate: true, id })
  for (const { name, label: fieldLabel, help, kind = 'text' } of fields) {
    const inputId = `${id}-${name}`
    const described = `${inputId}-help ${inputId}-problem`
    const attributes = { id: inputId, name, 'aria-describedby': described, spellcheck: 'false' }
    const input =
      kind === 'lines'
        ? h('textarea', { ...attributes, rows: 4 })
        : h('input', {
            ...attributes,
            type: 'text',
            autocomplete: 'off',
            inputmode: kind === 'number' ? 'numeric' : 'text',
          })
    const problem = h('div', { id: `${inputId}-problem`, class: 'problem', role: 'alert' })
    inputs.set(name, input)
    problems.set(name, problem)
    form.append(
      h(
        'div',
        { class: 'field' },
        h('label', { for: inputId }, fieldLabel),
        h('p', { class: 'hint', id: `${inputId}-help` }, help),
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
