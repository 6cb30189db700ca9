import React, { useState } from "react";
import { Button } from "./button";
import * as Parts from "./parts";

interface Props { title: string; onPress?: (n: number) => void }

/** Shows a card. */
export const Card: React.FC<Props> = ({ title, onPress }) => {
  const [count, setCount] = useState(0);
  return (
    <div className="card" onClick={() => setCount(count + 1)}>
      <Button label={title} onPress={(event) => event.stop()} />
      <Parts.Footer>{count > 1 && <Button label="more" />}</Parts.Footer>
      text, in between
        <b>bold</b>
    </div>
  );
};

export default function App(): JSX.Element {
  return <Card title="a" onPress={(n) => n.toFixed()} />;
}
