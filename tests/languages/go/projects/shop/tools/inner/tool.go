package inner

type tool struct{}

func Tool() tool { return tool{} }

func (tool) Run() {}
