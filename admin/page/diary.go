package page

import "loaxa/admin/route"

func (p *Pages) diaryRoutes() []route.Route { return nil }
