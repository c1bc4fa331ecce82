// The wall is built anew when its pictures change, and otherwise only marked, so that the
// keyboard's place in it is not lost.
const built = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const wall = parentElement.querySelector(".wall")
  if (!wall || !data) return
  wall.setAttribute("aria-label", data.label)
  wall.classList.toggle("one-row", data.oneRow)
  for (const [name, value] of Object.entries({
    side: `${data.side}px`, across: data.across, down: data.down,
    right: data.colours.right, wrong: data.colours.wrong, model: data.colours.model,
  })) wall.style.setProperty(`--${name}`, value)

  const contents = data.sheet + JSON.stringify(data.tiles)
  if (built.get(wall) !== contents) {
    wall.replaceChildren(...data.tiles.map((tile, place) => build(tile, place, data)))
    built.set(wall, contents)
  }
  for (const button of wall.children) {
    button.classList.toggle("opened", button.dataset.id === data.opened)
  }
  wall.onclick = event => {
    const tile = event.target.closest("button.tile")
    if (tile) setTriggerValue("opened", tile.dataset.id)
  }
  wall.onkeydown = event => move(event, wall)
}

function build(tile, place, data) {
  const box = document.createElement(data.clickable ? "button" : "div")
  box.className = "tile"
  box.dataset.id = tile.id
  box.title = tile.about
  box.setAttribute("aria-label", tile.about)
  if (data.clickable) {
    box.type = "button"
    box.tabIndex = place === 0 ? 0 : -1 // one stop for Tab; arrows move within
  } else {
    box.setAttribute("role", "img")
  }
  const picture = document.createElement("span")
  picture.className = "picture"
  picture.style.backgroundImage = `url(${data.sheet})`
  const x = place % data.across, y = Math.floor(place / data.across)
  picture.style.backgroundPosition = `${-x * data.side}px ${-y * data.side}px`
  if (tile.right !== null) {
    const mark = document.createElement("span")
    mark.className = "mark"
    mark.style.background = `var(--${tile.right ? "right" : "wrong"})`
    mark.textContent = tile.right ? "✓" : "✕"
    picture.append(mark)
  }
  box.append(picture, line("caption", tile.caption))
  if (tile.note) box.append(line("note", tile.note))
  return box
}

function line(name, text) {
  const span = document.createElement("span")
  span.className = name
  span.textContent = text
  return span
}

function move(event, wall) {
  const tiles = [...wall.querySelectorAll("button.tile")]
  const here = tiles.indexOf(event.target.closest("button.tile"))
  if (here < 0) return
  const first = tiles[0].offsetTop
  const across = Math.max(1, tiles.filter(tile => tile.offsetTop === first).length)
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }
  const goals = { Home: 0, End: tiles.length - 1 }
  const goal = event.key in goals ? goals[event.key] : here + steps[event.key]
  if (!tiles[goal]) return
  event.preventDefault()
  tiles[here].tabIndex = -1
  tiles[goal].tabIndex = 0
  tiles[goal].focus()
}
