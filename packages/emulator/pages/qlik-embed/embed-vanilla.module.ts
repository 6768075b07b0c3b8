// A stand-in for Qlik's embed-vanilla@v1, which is not public: it mounts what `<qlik-embed>` asks for with
// nebula.js, over a session of @qlik/api. What it does not have it says in the component's place.
import { createDrawer } from '../charts/draw.ts'
import { messageOf, showNotice } from '../charts/notice.ts'
import { type EmbedProps, type EmbedTask, keyOf, toEmbedTask } from './embed-props.ts'
import { initialWorkOf } from './initial-work.ts'
import { importQix } from './qlik-main.ts'

interface MountedComponent {
  /** Takes new props; draws again when they ask for something else. */
  $set(props: EmbedProps): void
  $destroy(): void
}

type Undo = () => void

async function draw(box: HTMLElement, task: EmbedTask, props: EmbedProps): Promise<Undo> {
  const qix = await importQix()
  const session = qix.openAppSession({ ...task.place, autoResume: true })
  const doc = await session.getDoc()
  await initialWorkOf(task.place)
  const drawer = createDrawer(doc, { theme: props.theme?.includes('dark') ? 'dark' : 'light' })
  const refApi = { getDoc: async () => doc }
  const leave = () => void session.close()

  if (task.kind === 'selections') {
    const bar = await drawer.nebula.selections()
    await bar.mount(box)
    props.exposeRefApi?.(refApi)
    return () => {
      bar.unmount()
      leave()
    }
  }
  const drawn = await (task.kind === 'sheet'
    ? drawer.sheet(box, task.sheetId)
    : task.kind === 'object'
      ? drawer.chart(box, task.objectId)
      : drawer.newChart(box, {
          type: task.type,
          // nebula.js has types of its own for these; they come from the page's author as they are.
          fields: [...task.fields] as never,
          properties: task.properties,
        }))
  const model = 'model' in drawn ? drawn.model : undefined
  props.exposeRefApi?.({ ...refApi, getObject: async () => model })
  return () => {
    drawn.destroy()
    leave()
  }
}

/** Mounts a component, as @qlik/embed-web-components calls it. */
export function mountVanillaEmbedComponent(options: {
  target: HTMLElement
  props: EmbedProps
}): MountedComponent {
  const box = document.createElement('div')
  // The element itself is `display: contents`, so the box takes the size of what stands around it.
  box.style.cssText = 'position:relative;width:100%;height:100%;min-height:40px'
  box.dataset.emulator = 'embed-vanilla'
  options.target.append(box)

  let drawnKey: string | undefined
  // One after the other: what was drawn before is taken away before the next is.
  let work: Promise<Undo> = Promise.resolve(() => {})

  const show = async (undo: Undo, props: EmbedProps): Promise<Undo> => {
    undo()
    box.replaceChildren()
    const task = toEmbedTask(props)
    if ('title' in task) {
      showNotice(box, task.title, task.detail)
      return () => {}
    }
    try {
      return await draw(box, task, props)
    } catch (error) {
      showNotice(box, 'This cannot be shown', messageOf(error))
      return () => {}
    }
  }
  const set = (props: EmbedProps) => {
    const key = keyOf(props)
    if (key === drawnKey) return
    drawnKey = key
    work = work.then((undo) => show(undo, props))
  }
  set(options.props)
  return {
    $set: set,
    $destroy() {
      void work.then((undo) => undo())
      work = Promise.resolve(() => {})
      box.remove()
    },
  }
}
