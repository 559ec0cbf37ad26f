// The panel's lower half while the server analyses: the people it knows are not in this browser.
export function ServedPeople() {
  return (
    <section class="panel-part" aria-labelledby="people">
      <h2 id="people">People</h2>
      <p class="empty">
        This source is analysed by the moodlens program, which names the people of its <code>--people</code> file. To
        make one, enrol people with the camera in this page and export them, or use <code>moodlens collect</code>.
      </p>
    </section>
  );
}
