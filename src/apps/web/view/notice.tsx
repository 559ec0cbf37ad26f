// What people must know before they point this at anyone.
import { model } from '../state/live-state.js';

export function Notice() {
  const shown = model.value;
  return (
    <footer class="notice">
      <p>
        It names <strong>expressions, not feelings</strong>: a face does not reliably tell what someone feels. Tell
        people in view that this is running, and enrol only those who agree. In the EU, reading emotions at work or in
        education is prohibited (AI Act, Art. 5).
      </p>
      {shown && (
        <p class="model-line">
          Model: {shown.architecture}, {(shown.parameters / 1e6).toFixed(2)} M parameters, trained on {shown.split}.
        </p>
      )}
    </footer>
  );
}
