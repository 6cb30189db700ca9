import * as moving from "./moving";
import * as leaving from "./leaving";

class Node {
    own(): void {}
}
Object.assign(Node.prototype, moving, leaving);
type Mixins = typeof moving & typeof leaving;
interface Node extends Mixins {
    written(): void;
}
export default Node;
