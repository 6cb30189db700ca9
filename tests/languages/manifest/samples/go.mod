// what follows is a module
module "example.org/shop/v2" // with a comment

go 1.19

require example.org/one v1.2.3
require (
	example.org/two v0.1.0 // indirect
	`example.org/three` v0.0.1
)

replace example.org/one => ../one

replace (
	example.org/two v0.1.0 => ./two v0.2.0
)
