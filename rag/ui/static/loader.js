// What each instance of the component carries: its data goes to the script that they share, which
// may still be on its way. The server would hash and send it all with every drawing otherwise.

export default function (component) {
  globalThis.dateline ??= { waiting: [] };
  const { draw, waiting } = globalThis.dateline;
  if (draw) draw(component);
  else waiting.push(component);
}
