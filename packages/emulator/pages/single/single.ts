import { messageOf, showNotice } from '../charts/notice.ts'
import { readPagePlace } from '../page-data.ts'
import { openApp } from './engine-app.ts'
import { applySelections } from './select.ts'
import { listSheets, showSheetLinks } from './sheets.ts'
import { parseSingleQuery } from './single-query.ts'

// nebula.js is large: the page is dark, where that is asked for, before it has come.
const drawing = import('../charts/draw.ts')
drawing.catch(() => {})

function find(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`The page lacks #${id}`)
  return element
}

async function show(): Promise<void> {
  const query = parseSingleQuery(location.href, matchMedia('(prefers-color-scheme: dark)').matches)
  const { appId, objectId, isDark, identity, csrfToken } = query
  document.documentElement.classList.toggle('dark', isDark)
  const canvas = find('canvas')
  if (appId === undefined) {
    showNotice(canvas, 'No app is named', 'Give ?appid= with the ID of an app.')
    return
  }
  const place = readPagePlace()
  const doc = await openApp({
    appId,
    place,
    ...(identity === undefined ? {} : { identity }),
    ...(csrfToken === undefined ? {} : { csrfToken }),
    onLost: (reason) => showNotice(canvas, 'The connection to the engine is lost', reason),
  })
  await applySelections(doc, query)
  const { createDrawer } = await drawing
  const drawer = createDrawer(doc, {
    theme: isDark ? 'dark' : 'light',
    selects: query.selects,
    active: query.isActive,
  })
  if (query.showsSelections) {
    find('selections').hidden = false
    await (await drawer.nebula.selections()).mount(find('selections'))
  }
  const sheets = objectId === undefined ? await listSheets(doc) : []
  // An app that is opened without a sheet shows the first, to which its overview would lead.
  const sheetId = query.sheetId ?? sheets[0]?.id
  if (query.isAppPage)
    showSheetLinks(find('sheets'), { place, appId, sheets, ...(sheetId && { sheetId }) })
  if (objectId !== undefined) await drawer.chart(canvas, objectId)
  else if (sheetId === undefined) showNotice(canvas, 'The app has no sheet', `App ${appId}`)
  else {
    const { title } = await drawer.sheet(canvas, sheetId)
    find('title').textContent = title
    find('title').hidden = title === ''
    document.title = title || document.title
  }
  document.body.dataset.state = 'drawn'
}

show().catch((error: unknown) => {
  document.body.dataset.state = 'failed'
  showNotice(find('canvas'), 'This cannot be shown', messageOf(error))
})
